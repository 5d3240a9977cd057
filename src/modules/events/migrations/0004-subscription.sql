-- The order in which readers may take events: by transaction, because a number that was drawn earlier may be committed later.
alter table event add column xid xid8 not null default pg_current_xact_id();
create index event_own_xid_idx on event (organisation_id, xid, sequence);
create index event_xid_idx on event (xid, sequence);

create table epcis_subscription (
  id               uuid        not null,
  organisation_id  uuid        not null,
  query_name       text        not null,
  dest             text        not null,
  -- sealed; signs what is sent, and is never told again
  signature_token  bytea,
  stream           boolean     not null,
  schedule         jsonb,
  report_if_empty  boolean     not null,
  epc_format       text        not null,
  created_at       timestamptz not null,
  last_notified_at timestamptz,
  min_record_time  timestamptz not null,
  after_xid        xid8        not null,
  after_sequence   bigint      not null,
  next_at          timestamptz not null,
  leased_until     timestamptz,
  failures         int         not null default 0,
  failing_since    timestamptz,
  last_failure     text        not null default '',
  constraint epcis_subscription_pkey primary key (id),
  constraint epcis_subscription_query_fkey foreign key (organisation_id, query_name) references epcis_query (organisation_id, name) on delete cascade
);
create index epcis_subscription_next_idx on epcis_subscription (next_at);
create index epcis_subscription_query_idx on epcis_subscription (organisation_id, query_name);
