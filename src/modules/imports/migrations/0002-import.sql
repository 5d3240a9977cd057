-- A clerk's file on its way into products, consignments and lots: read, shown, and only then committed. The rows
-- stay, so that what was wrong can be downloaded again and who looks later sees what came in.
create table import (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  file_id         uuid        not null references file (id),
  file_name       text        not null,
  file_hash       text        not null,
  -- finished import of the very same bytes, when there is one
  same_as         uuid,
  state           text        not null,
  job_id          uuid,
  -- what was found in the file: sheets, header row, titles, notes
  layout          jsonb       not null default '{}',
  -- field to column; null until the file is read, then what was recognised or what the person chose
  mapping         jsonb,
  -- rows by verdict, rows with a warning, rows committed
  counts          jsonb       not null default '{}',
  failure         jsonb,
  created_by      text        not null default '',
  created_at      timestamptz not null,
  finished_at     timestamptz,
  constraint import_pkey primary key (id),
  constraint import_state_check check (state in ('reading', 'ready', 'committing', 'done', 'discarded', 'failed'))
);
create index import_organisation_idx on import (organisation_id, created_at desc);
create index import_file_hash_idx on import (organisation_id, file_hash);

create table import_row (
  import_id  uuid    not null references import (id),
  -- the number that the row has in the file, as a spreadsheet shows it
  row_number int     not null,
  verdict    text    not null,
  warned     boolean not null,
  cells      jsonb   not null,
  record     jsonb   not null,
  reasons    jsonb   not null,
  changes    jsonb   not null,
  committed  boolean not null default false,
  constraint import_row_pkey primary key (import_id, row_number),
  constraint import_row_verdict_check check (verdict in ('new', 'changed', 'unchanged', 'wrong'))
);
create index import_row_verdict_idx on import_row (import_id, verdict, row_number);
