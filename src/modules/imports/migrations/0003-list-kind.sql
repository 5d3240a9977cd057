-- Other lists than entry lists come in by file in two steps as well: movements of goods.
alter table import add column kind text not null default 'imports';
alter table import alter column kind drop default;
alter table import add constraint import_kind_check check (kind in ('imports', 'movements'));
drop index import_organisation_idx;
create index import_organisation_idx on import (organisation_id, kind, created_at desc);
-- Rows that are written together.
create index import_row_group_idx on import_row (import_id, (record ->> 'group'), row_number) where record ? 'group';
