-- Which steps, states and places the events of an enterprise have named: the interface lists them, and to look for
-- them among the events would cost as much as there are events.
create table epcis_term (
  organisation_id uuid not null references organisation (id),
  field           text not null,
  value           text collate "C" not null,
  constraint epcis_term_pkey primary key (organisation_id, field, value),
  constraint epcis_term_field_check check (field in ('bizStep', 'disposition', 'readPoint', 'bizLocation'))
);
insert into epcis_term (organisation_id, field, value)
select distinct e.organisation_id, t.field, t.value
from event e cross join lateral (values ('bizStep', e.biz_step), ('disposition', e.disposition), ('readPoint', e.read_point), ('bizLocation', e.biz_location)) as t(field, value)
where t.value is not null;
