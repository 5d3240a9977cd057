-- Since when a key makes no new serials; it goes on reading its own for ever.
alter table serial_key add column retired_at timestamptz;

-- From where a pack was taken, how much ciphertext was handed out, and when it broke off before the last byte.
alter table pack_download add column address text not null default '';
alter table pack_download add column bytes bigint not null default 0;
alter table pack_download add column cut_at timestamptz;
create index pack_download_started_idx on pack_download (started_at desc);

-- What the limits and the lists ask for.
create index code_order_lot_idx on code_order (lot_id) where lot_id is not null;
create index code_order_printer_idx on code_order (printer_id) where printer_id is not null;
create index pack_order_idx on pack (order_id);
create index quota_entry_order_idx on quota_entry (order_id) where order_id is not null;
create index canary_seen_idx on canary (first_seen) where first_seen is not null;
