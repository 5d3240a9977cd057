-- Links that an organisation registers for one of its GS1 keys, at one level: product, variant, lot, item.
create table resolver_link (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  -- path of the uncompressed Digital Link, in its one spelling: /01/09521234567899/10/L1
  anchor          text        not null,
  -- of keys that hold one; its owner is looked up when the link is asked for, so a link does not outlive the product
  gtin            text,
  link_type       text        not null,
  href            text        not null,
  title           text        not null,
  media_type      text        not null,
  hreflang        text[]      not null default '{}',
  context         text[]      not null default '{}',
  role            text        not null default 'link',
  valid_from      timestamptz,
  valid_until     timestamptz,
  version         int         not null default 1,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  -- taken away, and not yet forgotten: it can be brought back
  deleted_at      timestamptz,
  constraint resolver_link_pkey primary key (id),
  constraint resolver_link_role_check check (role in ('link', 'default', 'default-multi')),
  constraint resolver_link_gtin_check check (gtin ~ '^[0-9]{14}$'),
  constraint resolver_link_validity_check check (valid_from < valid_until)
);
create unique index resolver_link_same_key on resolver_link (organisation_id, anchor, link_type, md5(href)) where deleted_at is null;
create unique index resolver_link_default_key on resolver_link (organisation_id, anchor) where role = 'default' and deleted_at is null;
create index resolver_link_anchor_idx on resolver_link (anchor) where deleted_at is null;
create index resolver_link_gtin_idx on resolver_link (gtin) where deleted_at is null and gtin is not null;
create index resolver_link_organisation_idx on resolver_link (organisation_id, created_at desc);
