-- Organisations and their people.
create table organisation (
  id              uuid        not null,
  kind            text        not null,
  name_zh         text        not null,
  name_en         text        not null default '',
  uscc            text        not null,
  province        text        not null,
  city            text        not null default '',
  address         text        not null default '',
  contact_name    text        not null default '',
  contact_phone   text        not null default '',
  status          text        not null,
  applied_at      timestamptz not null,
  decided_at      timestamptz,
  decided_by      uuid,
  decision_reason text        not null default '',
  constraint organisation_pkey primary key (id),
  constraint organisation_kind_check check (kind in ('importer', 'brand', 'dealer', 'printer', 'regulator', 'operator')),
  constraint organisation_status_check check (status in ('applied', 'verified', 'refused', 'suspended'))
);
-- An application reserves nothing: a stranger who applies under another's code cannot keep its owner out.
create unique index organisation_uscc_kind_key on organisation (uscc, kind) where status in ('verified', 'suspended');
create index organisation_status_idx on organisation (status, kind);

create table person (
  id              uuid        not null,
  organisation_id uuid        not null references organisation (id),
  account         text        not null,
  name            text        not null,
  roles           text[]      not null,
  password_hash   text,
  totp_secret     bytea,
  -- shown to the person, not yet confirmed by a code
  totp_pending    bytea,
  -- 30-second step of the last code that was accepted: no code works twice (RFC 6238 section 5.2)
  totp_step       bigint      not null default 0,
  status          text        not null default 'active',
  locale          text        not null default 'zh',
  created_at      timestamptz not null,
  constraint person_pkey primary key (id),
  constraint person_account_key unique (account),
  constraint person_account_lower_check check (account = lower(account)),
  constraint person_status_check check (status in ('invited', 'active', 'disabled')),
  constraint person_locale_check check (locale in ('zh', 'en'))
);
create index person_organisation_idx on person (organisation_id);
