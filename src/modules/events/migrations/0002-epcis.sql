-- The event table keeps every EPCIS event. One that changes goods of ours has a kind and came through the door of
-- goods; any other is recorded and found, and projected into nothing.
alter table event
  alter column kind drop not null,
  alter column action drop not null,
  alter column biz_step drop not null,
  -- an enterprise may have event types of its own
  drop constraint event_type_check,
  -- as captured; the platform's own events are urn:uuid:<id>
  add column event_uri text,
  add column declared_at timestamptz,
  add column biz_location text,
  add column capture_id uuid,
  -- {"event": as captured, "context": {prefix: namespace}}; null when it is rendered from the columns
  add column document jsonb;

-- An id is given once, but for error declarations, which repeat the event that they declare (EPCIS 2.0, 7.4.1).
create unique index event_uri_key on event (organisation_id, event_uri, (coalesce(declared_at, '-infinity'::timestamptz))) where event_uri is not null;
create index event_own_time_idx on event (organisation_id, event_time, sequence);
create index event_own_sequence_idx on event (organisation_id, sequence);
create index event_time_idx on event (event_time, sequence);
create index event_record_time_idx on event (record_time, sequence);
create index event_capture_idx on event (capture_id) where capture_id is not null;

alter table event_code drop constraint event_code_role_check,
  add constraint event_code_role_check check (role in ('epc', 'child', 'replaced', 'replacement', 'parent', 'input', 'output', 'class', 'input-class', 'output-class'));
alter table event_container drop constraint event_container_role_check,
  add constraint event_container_role_check check (role in ('epc', 'child', 'parent', 'input', 'output', 'class', 'input-class', 'output-class'));

-- Identifiers of captured events, in one spelling (constrained canonical Digital Link), whichever they were sent in.
create table event_epc (
  event_id uuid not null references event (id),
  role     text not null,
  epc      text collate "C" not null,
  constraint event_epc_role_check check (role in ('epc', 'child', 'parent', 'input', 'output', 'class', 'input-class', 'output-class'))
);
create index event_epc_event_idx on event_epc (event_id);
create index event_epc_epc_idx on event_epc (epc, event_id);

-- Everything else of an event that the query language can ask for, one row a value, named as kernel/epcis names it.
create table event_fact (
  event_id uuid not null references event (id),
  name     text collate "C" not null,
  text     text collate "C",
  number   double precision,
  time     timestamptz
);
create index event_fact_event_idx on event_fact (event_id);
create index event_fact_text_idx on event_fact (name, left(text, 200), event_id);
create index event_fact_number_idx on event_fact (name, number, event_id) where number is not null;
create index event_fact_time_idx on event_fact (name, time, event_id) where time is not null;

create table epcis_capture (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  error_behaviour text        not null,
  created_at      timestamptz not null,
  finished_at     timestamptz,
  success         boolean     not null default true,
  events          int         not null default 0,
  errors          jsonb       not null default '[]',
  constraint epcis_capture_pkey primary key (id),
  constraint epcis_capture_error_behaviour_check check (error_behaviour in ('rollback', 'proceed'))
);
create index epcis_capture_organisation_idx on epcis_capture (organisation_id, created_at desc, id desc);

-- Vocabulary of the headers of captured documents.
create table epcis_master_data (
  organisation_id uuid        not null references organisation (id),
  vocabulary      text        not null,
  id              text        not null,
  element         jsonb       not null,
  changed_at      timestamptz not null,
  constraint epcis_master_data_pkey primary key (organisation_id, vocabulary, id)
);

-- What prefixes meant in captured documents, for the names of extension fields in the address of a query.
create table epcis_namespace (
  organisation_id uuid        not null references organisation (id),
  prefix          text        not null,
  namespace       text        not null,
  changed_at      timestamptz not null,
  constraint epcis_namespace_pkey primary key (organisation_id, prefix)
);

create table epcis_query (
  organisation_id uuid        not null references organisation (id),
  name            text        not null,
  query           jsonb       not null,
  created_at      timestamptz not null,
  constraint epcis_query_pkey primary key (organisation_id, name)
);

-- Page tokens that were given back before they expired.
create table epcis_page_token (
  digest     bytea       not null,
  expires_at timestamptz not null,
  constraint epcis_page_token_pkey primary key (digest)
);
