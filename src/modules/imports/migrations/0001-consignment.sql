-- What was declared to customs, lot by lot: the quantity from which every later quantity is bounded.
create table consignment (
  id                         uuid        not null,
  organisation_id            uuid        not null references organisation (id),
  -- the importer's own name for it; the declaration number until another is given
  reference                  text        not null,
  declaration_number         text        not null,
  trade_mode                 text        not null,
  declaration_transport_mode text        not null,
  first_line_transport_mode  text,
  supplier                   text        not null default '',
  departure_country          text        not null default '',
  departure_port             text        not null default '',
  entry_port                 text        not null default '',
  entered_on                 date        not null,
  inspection_certificate     text        not null default '',
  inspection_passed_on       date,
  released_on                date,
  note                       text        not null default '',
  version                    int         not null default 1,
  created_at                 timestamptz not null,
  updated_at                 timestamptz not null,
  constraint consignment_pkey primary key (id),
  constraint consignment_declaration_key unique (organisation_id, declaration_number)
);
create index consignment_organisation_created_idx on consignment (organisation_id, created_at desc);

create table lot (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  consignment_id  uuid        not null references consignment (id),
  product_id      uuid        not null references product (id),
  lot_number      text        not null,
  produced_on     date,
  expires_on      date,
  quantity        int         not null,
  gross_weight_kg numeric(12, 3),
  version         int         not null default 1,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  constraint lot_pkey primary key (id),
  constraint lot_consignment_product_number_key unique (consignment_id, product_id, lot_number),
  constraint lot_quantity_check check (quantity > 0),
  constraint lot_dates_check check (produced_on is null or expires_on is null or expires_on > produced_on)
);
create index lot_product_idx on lot (product_id);
create index lot_organisation_idx on lot (organisation_id, created_at desc);

-- Papers that belong to a consignment; the bytes are in the file store.
create table document (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  consignment_id  uuid        not null references consignment (id),
  kind            text        not null,
  file_id         uuid        not null references file (id),
  name            text        not null,
  media_type      text        not null,
  size            int         not null,
  uploaded_by     text        not null default '',
  created_at      timestamptz not null,
  constraint document_pkey primary key (id),
  constraint document_kind_check check (kind in ('declaration', 'inspection-certificate', 'invoice', 'packing-list', 'label-filing', 'other'))
);
create index document_consignment_idx on document (consignment_id, created_at);
