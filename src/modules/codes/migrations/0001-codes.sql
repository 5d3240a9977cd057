-- Orders of labels, and batches of codes. A batch has no rows for its codes: index 0 to quantity - 1 are labels,
-- the `canaries` indexes after them are serials that no label may carry.
create table code_order (
  id              uuid        not null,
  number          text        not null,
  organisation_id uuid        not null references organisation (id),
  consignment_id  uuid        references consignment (id),
  lot_id          uuid        references lot (id),
  product_id      uuid        references product (id),
  quantity        bigint      not null,
  spoilage        bigint      not null default 0,
  label_kind      text        not null,
  roll_size       int         not null default 1000,
  printer_id      uuid        references organisation (id),
  status          text        not null,
  fee_fen         bigint      not null default 0,
  subsidy_fen     bigint      not null default 0,
  submitted_by    uuid,
  submitted_at    timestamptz not null,
  decided_by      uuid,
  decided_at      timestamptz,
  decision_reason text        not null default '',
  version         int         not null default 1,
  constraint code_order_pkey primary key (id),
  constraint code_order_number_key unique (number),
  constraint code_order_quantity_check check (quantity > 0 and spoilage >= 0),
  constraint code_order_label_kind_check check (label_kind in ('gtin', 'blank', 'legacy'))
);
create index code_order_organisation_idx on code_order (organisation_id, submitted_at desc);

create table code_batch (
  id              int         generated always as identity (start with 1),
  order_id        uuid        not null references code_order (id),
  organisation_id uuid        not null references organisation (id),
  product_id      uuid        references product (id),
  lot_id          uuid        references lot (id),
  -- GTIN that the serial is enciphered under; 0 for labels that were ordered before the product was known
  tweak_gtin      bigint      not null,
  key_version     smallint    not null,
  quantity        bigint      not null,
  canaries        int         not null default 0,
  roll_size       int         not null,
  issued_at       timestamptz not null,
  constraint code_batch_pkey primary key (id),
  constraint code_batch_id_check check (id < 268435456),
  constraint code_batch_quantity_check check (quantity > 0 and quantity + canaries <= 4294967296)
);
create index code_batch_order_idx on code_batch (order_id);
create index code_batch_organisation_idx on code_batch (organisation_id);
