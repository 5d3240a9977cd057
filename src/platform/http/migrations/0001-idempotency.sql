-- Key, owner, request hash and answer of an act are written in the act's own transaction (reliability: acting once).
create table idempotency (
  owner        text        not null,
  key          text        not null,
  route        text        not null,
  request_hash bytea       not null,
  answer       jsonb,
  created_at   timestamptz not null,
  constraint idempotency_pkey primary key (owner, key)
);
create index idempotency_created_at_idx on idempotency (created_at);
