-- Keys of serials: derived from the root key, so only versions are kept. A version is one character: 31 of them.
create table serial_key (
  version    smallint    not null,
  algorithm  text        not null,
  created_at timestamptz not null,
  constraint serial_key_pkey primary key (version),
  constraint serial_key_version_check check (version between 1 and 31)
);

-- Every change of an order's state, with who and why.
create table order_transition (
  order_id  uuid        not null references code_order (id),
  at        timestamptz not null,
  id        uuid        not null,
  to_state  text        not null,
  person_id uuid,
  actor     text        not null,
  reason    text        not null default '',
  constraint order_transition_pkey primary key (order_id, at, id)
);

-- What a label costs from a day on, in fen.
create table label_price (
  valid_from date   not null,
  price_fen  bigint not null,
  constraint label_price_pkey primary key (valid_from),
  constraint label_price_check check (price_fen >= 0)
);
insert into label_price (valid_from, price_fen) values (date '2021-01-01', 12);

-- Labels that somebody else pays for: the government in an enterprise's first year, or a purchase in advance.
create table quota_grant (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  payer           text        not null,
  labels          bigint      not null,
  price_fen       bigint      not null,
  valid_from      date        not null,
  valid_to        date        not null,
  note            text        not null default '',
  granted_by      uuid,
  granted_at      timestamptz not null,
  expired_at      timestamptz,
  constraint quota_grant_pkey primary key (id),
  constraint quota_grant_payer_check check (payer in ('government', 'prepaid')),
  constraint quota_grant_labels_check check (labels > 0),
  constraint quota_grant_dates_check check (valid_to >= valid_from)
);
create index quota_grant_organisation_idx on quota_grant (organisation_id, valid_to);

-- Append-only. Labels of a grant sum to what is left of it; fen are what the government (subsidy) or the enterprise owes.
create table quota_entry (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  grant_id        uuid        references quota_grant (id),
  order_id        uuid        references code_order (id),
  kind            text        not null,
  labels          bigint      not null,
  subsidy_fen     bigint      not null default 0,
  fee_fen         bigint      not null default 0,
  at              timestamptz not null,
  note            text        not null default '',
  constraint quota_entry_pkey primary key (id),
  constraint quota_entry_kind_check check (kind in ('grant', 'reserve', 'release', 'expire', 'charge', 'refund'))
);
create index quota_entry_organisation_idx on quota_entry (organisation_id, at desc, id desc);
create index quota_entry_grant_idx on quota_entry (grant_id);

-- A printer's age recipients; packs are encrypted to all that are not retired.
create table printer_key (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  recipient       text        not null,
  note            text        not null default '',
  added_by        uuid,
  added_at        timestamptz not null,
  retired_at      timestamptz,
  constraint printer_key_pkey primary key (id),
  constraint printer_key_recipient_key unique (organisation_id, recipient)
);

-- The codes of a batch as they were released to one named printer.
create table pack (
  id            uuid        not null,
  order_id      uuid        not null references code_order (id),
  batch_id      int         not null references code_batch (id),
  printer_id    uuid        not null references organisation (id),
  state         text        not null default 'released',
  max_downloads int         not null default 3,
  released_by   uuid,
  released_at   timestamptz not null,
  destroyed_at  timestamptz,
  constraint pack_pkey primary key (id),
  constraint pack_batch_key unique (batch_id),
  constraint pack_state_check check (state in ('released', 'destroyed'))
);
create index pack_printer_idx on pack (printer_id, released_at desc);

-- Every time a pack left the house. Its canaries tell which one leaked.
create table pack_download (
  id           uuid        not null,
  pack_id      uuid        not null references pack (id),
  number       int         not null,
  person_id    uuid,
  api_key_id   uuid,
  actor        text        not null,
  started_at   timestamptz not null,
  recipients   text[]      not null,
  rows         bigint      not null default 0,
  completed_at timestamptz,
  plain_sha256 bytea,
  constraint pack_download_pkey primary key (id),
  constraint pack_download_number_key unique (pack_id, number)
);

-- A serial that no label may carry: seen in a scan or an activation, the pack of its download has leaked.
create table canary (
  code        bigint not null,
  download_id uuid   not null references pack_download (id),
  after_row   bigint not null,
  seen        int    not null default 0,
  first_seen  timestamptz,
  constraint canary_pkey primary key (code)
);
create index canary_download_idx on canary (download_id);

-- What became of an order's labels, as printer and importer report it.
create table label_count (
  id          uuid        not null,
  order_id    uuid        not null references code_order (id),
  kind        text        not null,
  labels      bigint      not null,
  ranges      jsonb       not null default '[]',
  note        text        not null default '',
  person_id   uuid,
  actor       text        not null,
  at          timestamptz not null,
  constraint label_count_pkey primary key (id),
  constraint label_count_kind_check check (kind in ('printed', 'scrapped', 'left', 'received', 'explained')),
  constraint label_count_labels_check check (labels >= 0)
);
create index label_count_order_idx on label_count (order_id, at);

-- Codes of the older system; each has an ordinary code id, so that everything else treats it as any other code.
create table legacy_code (
  system          text   not null,
  code            text   not null,
  serial_number   text   not null default '',
  code_id         bigint not null,
  organisation_id uuid   not null references organisation (id),
  lot_id          uuid   not null references lot (id),
  constraint legacy_code_pkey primary key (system, code),
  constraint legacy_code_id_key unique (code_id)
);
create index legacy_code_code_idx on legacy_code (code);
create index legacy_code_serial_number_idx on legacy_code (serial_number) where serial_number <> '';
