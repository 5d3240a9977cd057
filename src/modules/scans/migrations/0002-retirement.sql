-- Which device retired a bottle: only that one may take it back, and only for a day.
create table retirement (
  code       bigint      not null,
  device     bytea       not null,
  retired_at timestamptz not null,
  event_id   uuid        not null,
  undone_at  timestamptz,
  constraint retirement_pkey primary key (code, retired_at)
);
