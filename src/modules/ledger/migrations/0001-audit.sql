-- Who did what to whose thing. Append-only: corrections are entries too.
create table audit_entry (
  id              bigint      generated always as identity,
  at              timestamptz not null,
  request_id      text        not null,
  action          text        not null,
  outcome         text        not null,
  code            text        not null default '',
  organisation_id uuid,
  person_id       uuid,
  api_key_id      uuid,
  actor_name      text        not null default '',
  object_kind     text        not null default '',
  object_id       text        not null default '',
  owner_id        uuid,
  detail          jsonb       not null default '{}',
  constraint audit_entry_pkey primary key (id),
  constraint audit_entry_outcome_check check (outcome in ('done', 'refused'))
);
create index audit_entry_object_idx on audit_entry (object_kind, object_id, id desc);
create index audit_entry_person_idx on audit_entry (person_id, id desc);
create index audit_entry_organisation_idx on audit_entry (organisation_id, id desc);
create index audit_entry_owner_idx on audit_entry (owner_id, id desc);
create index audit_entry_at_idx on audit_entry (at);
