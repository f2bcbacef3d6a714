-- What the answer to a scan shows of the current edition, packed (domain::Excerpt), so that one row answers instead of five
-- tables. Derived from the rows: it may be made again at any time, and an answer without it reads the rows.
create table excerpt (
  certificate_id {int} not null primary key,
  edition {int} not null,
  bytes {blob} not null
){strict};

-- How often a certificate was changed or acted upon since it was written. At 0 its excerpt tells its whole life; what was
-- there before this step counts as acted upon.
alter table certificate add column acts {int} not null default 1;
