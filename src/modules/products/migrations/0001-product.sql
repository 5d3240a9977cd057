-- A product as one organisation files it. Several importers may bring in the same GTIN, each with its own filing.
create table product (
  id                        uuid        not null,
  organisation_id           uuid        not null references organisation (id),
  brand_organisation_id     uuid        references organisation (id),
  gtin                      text        not null,
  name_zh                   text        not null,
  name_en                   text        not null default '',
  brand                     text        not null default '',
  spec                      text        not null default '',
  category                  text        not null default '',
  special                   boolean     not null default false,
  for_children              boolean     not null default false,
  origin                    text        not null default '',
  filing_number             text        not null default '',
  responsible_person        text        not null default '',
  manufacturer              text        not null default '',
  ingredients               text        not null default '',
  directions                text        not null default '',
  warnings                  text        not null default '',
  shelf_life_months         int,
  pao_months                int,
  picture_file_id           uuid        references file (id),
  -- 0 to 100 by regime: general trade (the stricter) and cross-border retail, which needs no filing
  completeness              int         not null default 0,
  completeness_cross_border int         not null default 0,
  version                   int         not null default 1,
  created_at                timestamptz not null,
  updated_at                timestamptz not null,
  constraint product_pkey primary key (id),
  constraint product_organisation_gtin_key unique (organisation_id, gtin),
  constraint product_gtin_check check (gtin ~ '^[0-9]{14}$'),
  constraint product_months_check check (shelf_life_months between 1 and 120 and pao_months between 1 and 120)
);
create index product_organisation_created_idx on product (organisation_id, created_at desc);
create index product_brand_organisation_idx on product (brand_organisation_id) where brand_organisation_id is not null;
create index product_gtin_idx on product (gtin);
create index product_picture_idx on product (picture_file_id) where picture_file_id is not null;
