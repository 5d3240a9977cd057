-- The first time that the PIN under a label's coating was proved, which stays for ever; `device` and `visitor` are
-- keyed hashes that are erased by age like those of scans.
create table pin_reveal (
  bucket       smallint    not null,
  code         bigint      not null,
  revealed_at  timestamptz not null,
  province     text,
  device       bytea,
  visitor      bytea,
  -- right PINs of this label, the first one included; repeats of the same client within minutes do not count
  times        int         not null default 1,
  last_at      timestamptz not null,
  constraint pin_reveal_pkey primary key (bucket, code)
);

-- PINs that were wrong, for the limits; kept for two days. `subject` is a keyed hash of the code that was asked about,
-- of a code that is none of ours too, so that both are limited alike. `code` is known for our own.
create table pin_attempt (
  id      uuid        not null,
  at      timestamptz not null,
  subject bytea       not null,
  client  bytea       not null,
  device  bytea,
  code    bigint,
  constraint pin_attempt_pkey primary key (id)
);
create index pin_attempt_subject_idx on pin_attempt (subject, at desc);
create index pin_attempt_client_idx on pin_attempt (client, at desc);
create index pin_attempt_device_idx on pin_attempt (device, at desc) where device is not null;
create index pin_attempt_at_idx on pin_attempt using brin (at);

-- What looks like an attack, folded: one row for a pattern and its subject on a day.
create table pin_alarm (
  id              uuid        not null,
  kind            text        not null,
  subject         bytea       not null,
  day             date        not null,
  organisation_id uuid,
  code            bigint,
  first_at        timestamptz not null,
  last_at         timestamptz not null,
  times           int         not null default 1,
  labels          int         not null default 1,
  constraint pin_alarm_pkey primary key (id),
  constraint pin_alarm_subject_key unique (kind, subject, day),
  constraint pin_alarm_kind_check check (kind in ('many-labels', 'neighbours', 'one-label', 'not-activated', 'repeated'))
);
create index pin_alarm_organisation_idx on pin_alarm (organisation_id, last_at desc);
