-- Domain events that must go back up the chain, in the transaction that caused them. `xid` orders them by a rule
-- that a cursor can trust: only rows of transactions that are older than every running one are read, so a late
-- commit is never skipped.
create table outbox (
  id              bigint generated always as identity,
  xid             xid8        not null default pg_current_xact_id(),
  topic           text        not null,
  organisation_id uuid,
  payload         jsonb       not null,
  at              timestamptz not null,
  constraint outbox_pkey primary key (id)
);
create index outbox_order_idx on outbox (xid, id);

create table outbox_cursor (
  consumer text  not null,
  xid      xid8  not null default '0',
  id       bigint not null default 0,
  constraint outbox_cursor_pkey primary key (consumer)
);
