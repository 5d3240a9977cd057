-- Long work that a person started and may watch. A worker holds a lease; when it dies, another goes on from the
-- checkpoint that the job itself keeps in `progress`.
create table job (
  id              uuid        not null,
  kind            text        not null,
  organisation_id uuid,
  created_by      uuid,
  state           text        not null default 'queued',
  input           jsonb       not null,
  progress        jsonb       not null default '{}',
  result          jsonb,
  failure         jsonb,
  attempts        int         not null default 0,
  leased_until    timestamptz,
  created_at      timestamptz not null,
  finished_at     timestamptz,
  constraint job_pkey primary key (id),
  constraint job_state_check check (state in ('queued', 'running', 'done', 'failed', 'cancelled'))
);
create index job_open_idx on job (created_at) where state in ('queued', 'running');
create index job_organisation_idx on job (organisation_id, created_at desc);
