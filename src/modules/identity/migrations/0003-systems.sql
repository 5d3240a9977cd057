-- A sandbox is a set of organisations of its own beside the one whose people use it. A new one takes the place of the old.
create table sandbox (
  number          int         generated always as identity,
  parent_id       uuid        not null references organisation (id),
  -- the importer of the sandbox
  organisation_id uuid        not null,
  made_by         uuid,
  made_at         timestamptz not null,
  ended_at        timestamptz,
  -- goods to try with, as they were when it was made
  example         jsonb       not null default '{}',
  constraint sandbox_pkey primary key (number),
  constraint sandbox_organisation_key unique (organisation_id),
  constraint sandbox_number_check check (number between 1 and 999999)
);
create unique index sandbox_parent_key on sandbox (parent_id) where ended_at is null;
create index sandbox_made_idx on sandbox (parent_id, made_at desc);
-- Whom the person acts for at the moment: their own organisation, or its sandbox.
alter table session add column acting_for uuid references organisation (id);

-- The last calls of each key, for whoever connects a system. Never a body, a query or a secret.
create table api_key_call (
  id              uuid        not null,
  api_key_id      uuid        not null references api_key (id),
  at              timestamptz not null,
  method          text        not null,
  route           text        not null,
  path            text        not null,
  status          smallint    not null,
  duration_ms     int         not null,
  request_bytes   bigint      not null,
  response_bytes  bigint      not null,
  request_id      uuid        not null,
  code            text        not null default '',
  problem         jsonb,
  constraint api_key_call_pkey primary key (api_key_id, at, id)
);
create index api_key_call_at_idx on api_key_call using brin (at);
