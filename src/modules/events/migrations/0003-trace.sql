-- Labels of a lot: every commissioning that bound some to it, also one that was undone later.
create index event_lot_idx on event ((body -> 'ilmd' ->> 'lotId')) where kind = 'commissioning';

-- Where a trace begins: by what stands on the papers.
create index consignment_supplier_idx on consignment (supplier) where supplier <> '';
create index consignment_declaration_idx on consignment (declaration_number);
create index consignment_reference_idx on consignment (reference);
create index lot_number_idx on lot (lot_number);
create index code_batch_lot_idx on code_batch (lot_id) where lot_id is not null;
