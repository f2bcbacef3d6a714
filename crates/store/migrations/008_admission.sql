-- 许可核查: refusals on record, and what leads from a person or an address to the certificates of other bodies.

-- 不予许可决定, as an officer recorded it: a body that was refused need not be one of ours. Never changed; one that was
-- recorded wrongly is taken back by a row of its own.
create table refusal (
  id {int} not null primary key,
  authority_id {int} not null,
  uscc {text},
  parent_uscc {text},
  name {text} not null,
  name_key {text} not null,
  decided_on {int} not null,
  document {text} not null,
  ground {text} not null,
  remark {text} not null,
  actor {text} not null,
  recorded_at {int} not null
){strict};
create index refusal_by_authority on refusal (authority_id, id);
create index refusal_by_uscc on refusal (uscc, decided_on) where uscc is not null;
create index refusal_by_parent on refusal (parent_uscc, decided_on) where parent_uscc is not null;
create index refusal_by_name on refusal (name_key, decided_on);

create table refusal_end (
  refusal_id {int} not null primary key,
  document {text} not null,
  reason {text} not null,
  actor {text} not null,
  recorded_at {int} not null
){strict};

-- Who signs elsewhere: by person where the ID number is on file, else by name. Not of the rows that hold alone: where both
-- indexes have one condition, PostgreSQL may walk all of either for the other.
create index signatory_by_person on signatory (person_id);
create index signatory_by_name on signatory (name);

-- Sites by what their addresses say (domain::AddressShape), and those whose keys are still to be made. As with names of
-- bodies the keys are random numbers, made in sorted heaps by an idle worker.
create table site_key (
  key {int} not null,
  certificate_id {int} not null,
  row_id {int} not null,
  primary key (key, certificate_id, row_id)
){strict}{without_rowid};

create table site_due (
  certificate_id {int} not null,
  row_id {int} not null,
  primary key (certificate_id, row_id)
){strict}{without_rowid};
insert into site_due (certificate_id, row_id) select certificate_id, row_id from site where to_edition is null;

-- append_only: refusal
-- append_only: refusal_end
