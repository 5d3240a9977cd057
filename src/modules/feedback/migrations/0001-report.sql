-- What consumers tell. A report is information to the platform: neither a complaint nor a report under Order 121.
create table report (
  id              uuid        not null,
  ticket          text        not null,
  -- made with the form, so that sending it twice makes one report
  once            text        not null,
  kind            text        not null,
  code            bigint,
  code_path       text        not null default '',
  organisation_id uuid        references organisation (id),
  product_id      uuid        references product (id),
  lot_id          uuid        references lot (id),
  verdict         text        not null default '',
  province        text,
  text            text        not null default '',
  bought_at       text        not null default '',
  -- phone or mail, sealed; erased six months after closing; never shown to the reported party
  contact         bytea,
  state           text        not null default 'received',
  received_at     timestamptz not null,
  checking_at     timestamptz,
  answered_at     timestamptz,
  closed_at       timestamptz,
  contact_erased_at timestamptz,
  constraint report_pkey primary key (id),
  constraint report_ticket_key unique (ticket),
  constraint report_once_key unique (once),
  constraint report_kind_check check (kind in ('counterfeit', 'damaged', 'mismatch', 'reaction', 'page', 'question')),
  constraint report_state_check check (state in ('received', 'checking', 'answered', 'closed'))
);
create index report_organisation_idx on report (organisation_id, received_at desc, id desc);
create index report_received_idx on report (received_at desc, id desc);

create table report_photo (
  report_id uuid     not null references report (id),
  position  smallint not null,
  file_id   uuid     not null references file (id),
  constraint report_photo_pkey primary key (report_id, position)
);

create table report_message (
  id              uuid        not null,
  report_id       uuid        not null references report (id),
  at              timestamptz not null,
  -- who answered, as the consumer reads it; the person stays inside
  organisation_id uuid        not null references organisation (id),
  person_id       uuid,
  text            text        not null,
  constraint report_message_pkey primary key (id)
);
create index report_message_report_idx on report_message (report_id, at);
