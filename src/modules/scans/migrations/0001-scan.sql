-- The hot path. `code` (batch << 32 | index) leads every key; `bucket` is its shard: on one server it only decides the
-- lane of group commit, on a distributed one it is the distribution column (see record_scans).
create table item_scan (
  bucket         smallint    not null,
  code           bigint      not null,
  scan_count     int         not null,
  first_scan_at  timestamptz not null,
  first_province text,
  last_scan_at   timestamptz not null,
  last_province  text,
  -- provinces seen, one bit for each row of the region table, so that a spread needs no look at the scans
  province_mask  bigint      not null default 0,
  constraint item_scan_pkey primary key (bucket, code)
-- room for the next version of a row on its own page: then counting writes no index
) with (fillfactor = 80);

-- One row a scan. `device` and `visitor` are keyed hashes; both are erased by age (visitor 24 h, device 30 days).
create table scan (
  bucket          smallint    not null,
  code            bigint      not null,
  at              timestamptz not null,
  id              uuid        not null,
  organisation_id uuid,
  counted         boolean     not null,
  status          text        not null,
  hold            text,
  province        text,
  device          bytea,
  visitor         bytea,
  channel         text        not null,
  -- `counted` before the time: the latest counted scans of a code are found at once, however many repeats lie between
  constraint scan_pkey primary key (bucket, code, counted, at, id)
);
create index scan_organisation_idx on scan (organisation_id, at desc, id desc);
-- rows arrive in order of time, so a block range index finds an age and costs the hot path next to nothing
create index scan_at_idx on scan using brin (at);

-- How far erasure by age has come, for each kind of trace.
create table scan_erasure (
  trace        text        not null,
  erased_until timestamptz not null,
  erased_rows  bigint      not null default 0,
  constraint scan_erasure_pkey primary key (trace)
);

-- A batch of scans: state of each item, count, first-scan time, scan records, all in one statement and one commit.
--
-- A scan counts when its label is active and the same device or visitor has not been counted for this code within the
-- ten minutes before. Only the latest 64 counted scans of a code are looked at, here and for the own earlier ones: a
-- cloned or attacked code may have a hundred thousand and must stay as fast as any other. Each request gets its own
-- count: the total after the batch, walked back to its place in it.
-- All codes of one call belong to `p_bucket`'s lane; a distributed database delegates the call by that argument.
create function record_scans(
  p_bucket smallint, p_codes bigint[], p_ids uuid[], p_at timestamptz[], p_provinces text[], p_province_bits bigint[],
  p_devices bytea[], p_visitors bytea[], p_channels text[], p_buckets smallint[])
returns table (
  n int, counted boolean, scan_count int, first_scan_at timestamptz, first_province text,
  previous_scan_at timestamptz, previous_province text, province_mask bigint, own_before int,
  status text, hold text, lot_id uuid, product_id uuid, organisation_id uuid, activated_at timestamptz, status_at timestamptz)
language plpgsql
-- one plan for all sizes of a batch: planning anew for each would cost as much as running
set plan_cache_mode = force_generic_plan
-- and that plan must not remember that the tables were once small
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
  return query
  with inp as (
    select t.*,
      row_number() over (partition by t.code, t.device order by t.n) as nth_of_device,
      row_number() over (partition by t.code, t.visitor order by t.n) as nth_of_visitor
    from unnest(p_codes, p_ids, p_at, p_provinces, p_province_bits, p_devices, p_visitors, p_channels, p_buckets)
      with ordinality as t(code, id, at, province, bit, device, visitor, channel, bucket, n)
  ), state as (
    select * from state_of_codes(p_codes)
  ), judged as (
    select i.*, s.status, s.hold, s.lot_id, s.product_id, s.organisation_id, s.activated_at, s.status_at,
      b.scan_count as scans_before, b.first_scan_at, b.first_province, b.last_scan_at, b.last_province, b.province_mask,
      s.status in ('active', 'retired')
        and not exists (
          select 1 from (
            select p.device, p.visitor from scan p
            where p.bucket = i.bucket and p.code = i.code and p.counted and p.at > i.at - interval '10 minutes' and p.at <= i.at
            order by p.at desc limit 64) recent
          where recent.device = i.device or recent.visitor = i.visitor)
        and (i.device is null or i.nth_of_device = 1) and (i.visitor is null or i.nth_of_visitor = 1)
        as counted,
      case when i.device is null then 0 else (
        select count(*) from (
          select p.device from scan p where p.bucket = i.bucket and p.code = i.code and p.counted and p.at < i.at
          order by p.at desc limit 64) recent
        where recent.device = i.device)::int end as own_before
    from inp i join state s on s.code = i.code left join item_scan b on b.bucket = i.bucket and b.code = i.code
  ), recorded as (
    insert into scan (bucket, code, at, id, organisation_id, counted, status, hold, province, device, visitor, channel)
    select j.bucket, j.code, j.at, j.id, j.organisation_id, j.counted, j.status, j.hold, j.province, j.device, j.visitor, j.channel from judged j
  ), after as (
    insert into item_scan as c (bucket, code, scan_count, first_scan_at, first_province, last_scan_at, last_province, province_mask)
    select j.bucket, j.code, count(*)::int, min(j.at), (array_agg(j.province order by j.at, j.n))[1],
      max(j.at), (array_agg(j.province order by j.at desc, j.n desc))[1], coalesce(bit_or(j.bit), 0)
    from judged j where j.counted group by j.bucket, j.code order by j.bucket, j.code
    on conflict on constraint item_scan_pkey do update set
      scan_count = c.scan_count + excluded.scan_count,
      last_province = case when excluded.last_scan_at >= c.last_scan_at then excluded.last_province else c.last_province end,
      last_scan_at = greatest(c.last_scan_at, excluded.last_scan_at),
      province_mask = c.province_mask | excluded.province_mask
    returning c.bucket, c.code, c.scan_count, c.first_scan_at, c.first_province, c.province_mask
  )
  select j.n::int, j.counted,
    (case when a.code is null then coalesce(j.scans_before, 0)
      else a.scan_count - sum(j.counted::int) over (partition by j.bucket, j.code)
        + sum(j.counted::int) over (partition by j.bucket, j.code order by j.n) end)::int,
    coalesce(a.first_scan_at, j.first_scan_at), coalesce(a.first_province, j.first_province),
    j.last_scan_at, j.last_province, coalesce(a.province_mask, j.province_mask, 0), j.own_before,
    j.status, j.hold, j.lot_id, j.product_id, j.organisation_id, j.activated_at, j.status_at
  from judged j
    left join after a on a.bucket = j.bucket and a.code = j.code
  order by j.n;
end $$;
