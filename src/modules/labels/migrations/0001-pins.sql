-- PINs under the coating. A PIN has no row of its own: a run covers a whole batch, and what is kept of its labels' PINs
-- are keyed hashes, 16 bytes for each label, 4,096 labels to a row. The digits are in the sealed file alone.
create table pin_run (
  id              uuid        not null,
  batch_id        int         not null references code_batch (id),
  organisation_id uuid        not null references organisation (id),
  -- who prints the coating; better not the one who prints the codes
  printer_id      uuid        not null references organisation (id),
  digits          smallint    not null,
  labels          bigint      not null,
  state           text        not null default 'making',
  job_id          uuid,
  recipients      text[]      not null default '{}',
  file_sha256     bytea,
  file_bytes      bigint,
  max_downloads   int         not null default 3,
  made_by         uuid,
  made_at         timestamptz not null,
  ready_at        timestamptz,
  voided_at       timestamptz,
  void_reason     text        not null default '',
  destroyed_at    timestamptz,
  constraint pin_run_pkey primary key (id),
  constraint pin_run_digits_check check (digits between 8 and 16),
  constraint pin_run_state_check check (state in ('making', 'ready', 'destroyed', 'void'))
);
-- the labels of a batch have one set of PINs at a time
create unique index pin_run_batch_key on pin_run (batch_id) where state <> 'void';
create index pin_run_printer_idx on pin_run (printer_id, made_at desc);
create index pin_run_organisation_idx on pin_run (organisation_id, made_at desc);

create table pin_chunk (
  run_id uuid  not null references pin_run (id),
  number int   not null,
  macs   bytea not null,
  constraint pin_chunk_pkey primary key (run_id, number)
);
-- hashes do not compress, and one is read out of the middle without reading the others
alter table pin_chunk alter column macs set storage external;

create table pin_download (
  run_id       uuid        not null references pin_run (id),
  number       int         not null,
  person_id    uuid,
  api_key_id   uuid,
  actor        text        not null,
  address      text        not null default '',
  started_at   timestamptz not null,
  bytes        bigint      not null default 0,
  completed_at timestamptz,
  cut_at       timestamptz,
  constraint pin_download_pkey primary key (run_id, number)
);
