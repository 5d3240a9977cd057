-- What proves who somebody is. Secrets are kept as keyed hashes or sealed, never readable.
create table session (
  id           uuid        not null,
  token_hash   bytea       not null,
  person_id    uuid        not null references person (id),
  proof        text        not null,
  proved_at    timestamptz not null,
  address      text        not null default '',
  user_agent   text        not null default '',
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null,
  constraint session_pkey primary key (id),
  constraint session_token_key unique (token_hash),
  constraint session_proof_check check (proof in ('password', 'totp', 'passkey', 'recovery', 'link'))
);
create index session_person_idx on session (person_id);

-- Invitations, sign-in links, the first-run link, and challenges that wait for a second factor or a passkey.
create table one_time_token (
  token_hash bytea       not null,
  kind       text        not null,
  person_id  uuid        references person (id),
  payload    jsonb       not null default '{}',
  expires_at timestamptz not null,
  constraint one_time_token_pkey primary key (token_hash),
  constraint one_time_token_kind_check check (kind in ('setup', 'invitation', 'sign-in-link', 'second-factor', 'passkey', 'new-passkey'))
);
create index one_time_token_person_idx on one_time_token (person_id, kind);

-- Failures by account, by address and by known device, as keyed hashes; in the database so that a restart forgives nothing.
create table sign_in_throttle (
  bucket        bytea       not null,
  failures      int         not null,
  last_at       timestamptz not null,
  blocked_until timestamptz not null,
  constraint sign_in_throttle_pkey primary key (bucket)
);

create table passkey (
  id           text        not null,
  person_id    uuid        not null references person (id),
  name         text        not null,
  public_key   bytea       not null,
  counter      bigint      not null,
  transports   text[]      not null,
  created_at   timestamptz not null,
  last_used_at timestamptz,
  constraint passkey_pkey primary key (id)
);
create index passkey_person_idx on passkey (person_id);

create table recovery_code (
  person_id uuid        not null references person (id),
  code_hash bytea       not null,
  used_at   timestamptz,
  constraint recovery_code_pkey primary key (person_id, code_hash)
);

create table api_key (
  id                uuid        not null,
  organisation_id   uuid        not null references organisation (id),
  created_by        uuid        references person (id),
  name              text        not null,
  -- first characters, so that its owner can tell keys apart
  prefix            text        not null,
  secret_hash       bytea       not null,
  scopes            text[]      not null,
  allowed_addresses text[]      not null,
  created_at        timestamptz not null,
  expires_at        timestamptz,
  last_used_at      timestamptz,
  revoked_at        timestamptz,
  constraint api_key_pkey primary key (id),
  constraint api_key_secret_key unique (secret_hash)
);
create index api_key_organisation_idx on api_key (organisation_id);
