-- Rows of movement lists that were written, so that the same list sent again does nothing.
create table movement_written (
  organisation_id uuid not null references organisation (id),
  fingerprint     text collate "C" not null,
  event_id        uuid not null references event (id),
  constraint movement_written_pkey primary key (organisation_id, fingerprint)
);
