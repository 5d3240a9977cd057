-- What is known about a stored file; its bytes lie in the file store under their SHA-256.
create table file (
  id              uuid        not null,
  organisation_id uuid,
  sha256          bytea       not null,
  bytes           bigint      not null,
  media_type      text        not null,
  name            text        not null,
  purpose         text        not null,
  created_by      uuid,
  created_at      timestamptz not null,
  constraint file_pkey primary key (id)
);
create index file_organisation_idx on file (organisation_id, created_at desc);
