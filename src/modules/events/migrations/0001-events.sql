-- Every change of goods is one of these (EPCIS 2.0 shapes); what follows below is projected from them and from nothing else.
create table event (
  id              uuid        not null,
  sequence        bigint      generated always as identity,
  kind            text        not null,
  type            text        not null,
  action          text        not null,
  biz_step        text        not null,
  disposition     text,
  organisation_id uuid        not null references organisation (id),
  event_time      timestamptz not null,
  event_zone      text        not null,
  record_time     timestamptz not null,
  read_point      text,
  person_id       uuid,
  api_key_id      uuid,
  body            jsonb       not null,
  constraint event_pkey primary key (id),
  constraint event_type_check check (type in ('ObjectEvent', 'AggregationEvent')),
  constraint event_action_check check (action in ('ADD', 'OBSERVE', 'DELETE'))
);
create unique index event_sequence_idx on event (sequence);
create index event_organisation_idx on event (organisation_id, record_time desc, id desc);

-- Goods of an event: serial ranges are first-class, an item alone is a range of one.
create table event_code (
  event_id uuid      not null references event (id),
  role     text      not null,
  codes    int8range not null,
  constraint event_code_role_check check (role in ('epc', 'child', 'replaced', 'replacement'))
);
create index event_code_event_idx on event_code (event_id);
create index event_code_codes_idx on event_code using gist (codes);

create table event_container (
  event_id uuid not null references event (id),
  role     text not null,
  sscc     text not null,
  constraint event_container_role_check check (role in ('epc', 'child', 'parent'))
);
create index event_container_event_idx on event_container (event_id);
create index event_container_sscc_idx on event_container (sscc);

-- Projection: state of labels and goods as ranges that do not overlap. No row means inert: issued and nothing more.
create table code_range (
  lo              bigint      not null,
  hi              bigint      not null,
  status          text        not null,
  hold            text,
  organisation_id uuid        not null,
  lot_id          uuid,
  product_id      uuid,
  dealer_id       uuid,
  in_transit      boolean     not null default false,
  container       text,
  replaced_by     bigint,
  activated_at    timestamptz,
  status_at       timestamptz not null,
  constraint code_range_pkey primary key (lo),
  constraint code_range_order_check check (hi >= lo and lo >> 32 = hi >> 32),
  constraint code_range_status_check check (status in ('active', 'void', 'replaced', 'destroyed', 'retired', 'inert')),
  constraint code_range_hold_check check (hold in ('frozen', 'recalled'))
);
create index code_range_lot_idx on code_range (lot_id);
create index code_range_container_idx on code_range (container) where container is not null;
create index code_range_dealer_idx on code_range (dealer_id) where dealer_id is not null;
create index code_range_organisation_idx on code_range (organisation_id);

-- Projection: cartons and pallets.
create table container (
  sscc            text        not null,
  organisation_id uuid        not null,
  parent          text,
  dealer_id       uuid,
  in_transit      boolean     not null default false,
  packed_at       timestamptz not null,
  constraint container_pkey primary key (sscc)
);
create index container_parent_idx on container (parent) where parent is not null;
create index container_organisation_idx on container (organisation_id, packed_at desc);
create index container_dealer_idx on container (dealer_id) where dealer_id is not null;

-- Projection: labels of a lot that stand for goods. Locked before it is raised, so that no race passes the declaration.
create table lot_balance (
  lot_id    uuid   not null references lot (id),
  activated bigint not null,
  constraint lot_balance_pkey primary key (lot_id),
  constraint lot_balance_check check (activated >= 0)
);

-- An importer's dealer and the provinces it may sell in.
create table dealer (
  id                     uuid        not null,
  organisation_id        uuid        not null references organisation (id),
  dealer_organisation_id uuid        references organisation (id),
  name                   text        not null,
  provinces              text[]      not null,
  city                   text        not null default '',
  contact                text        not null default '',
  active                 boolean     not null default true,
  created_at             timestamptz not null,
  constraint dealer_pkey primary key (id),
  constraint dealer_name_key unique (organisation_id, name)
);
create index dealer_organisation_idx on dealer (dealer_organisation_id) where dealer_organisation_id is not null;

create table activation (
  id              uuid        not null,
  event_id        uuid        not null references event (id),
  organisation_id uuid        not null references organisation (id),
  lot_id          uuid        not null references lot (id),
  labels          bigint      not null,
  ranges          jsonb       not null,
  activated_by    text        not null,
  activated_at    timestamptz not null,
  undone_at       timestamptz,
  undone_by       text        not null default '',
  undo_reason     text        not null default '',
  constraint activation_pkey primary key (id)
);
create index activation_organisation_idx on activation (organisation_id, activated_at desc);
create index activation_lot_idx on activation (lot_id);

create table shipment (
  id              uuid        not null,
  number          text        not null,
  event_id        uuid        not null references event (id),
  organisation_id uuid        not null references organisation (id),
  dealer_id       uuid        not null references dealer (id),
  labels          bigint      not null,
  containers      int         not null,
  shipped_at      timestamptz not null,
  received_at     timestamptz,
  note            text        not null default '',
  constraint shipment_pkey primary key (id),
  constraint shipment_number_key unique (organisation_id, number)
);
create index shipment_organisation_idx on shipment (organisation_id, shipped_at desc);
create index shipment_dealer_idx on shipment (dealer_id, shipped_at desc);

-- Reference numbers of own logistic units, drawn one after the other.
create table sscc_counter (
  prefix text   not null,
  next   bigint not null,
  constraint sscc_counter_pkey primary key (prefix)
);

-- State of many codes at once, for the scan's one statement: one look at the ranges' index for each code. A code
-- without a range is inert and belongs to whoever ordered its batch.
create function state_of_codes(p_codes bigint[])
returns table (code bigint, status text, hold text, lot_id uuid, product_id uuid, organisation_id uuid, dealer_id uuid, container text, replaced_by bigint, activated_at timestamptz, status_at timestamptz)
language sql stable as $$
  select c.code, coalesce(r.status, 'inert'), r.hold, coalesce(r.lot_id, b.lot_id), coalesce(r.product_id, b.product_id), coalesce(r.organisation_id, b.organisation_id),
    r.dealer_id, r.container, r.replaced_by, r.activated_at, r.status_at
  from (select distinct unnest(p_codes) as code) c
    left join code_batch b on b.id = (c.code >> 32)::int
    left join lateral (
      select * from (select * from code_range g where g.lo <= c.code order by g.lo desc limit 1) nearest where nearest.hi >= c.code) r on true
$$;
