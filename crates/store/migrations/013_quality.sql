-- 数据质量: what the rules (domain::quality) find in the current edition of each certificate in force, and how that changes.

-- One row a certificate and rule that is not kept. Written only where a look finds something else than is there; a rule that
-- is kept has none. `rows` is how many rows of the certificate break it, `place` the first of them, for the eye.
create table quality_problem (
  certificate_id {int} not null,
  rule {text} not null,
  authority_id {int} not null,
  rows {int} not null,
  place {text} not null,
  detail {text} not null,
  since_day {int} not null,
  primary key (certificate_id, rule)
){strict}{without_rowid};
-- A rule's certificates of an authority, and how many an authority has by rule, are walks along this one.
create index quality_problem_of on quality_problem (rule, authority_id, certificate_id, rows);

-- How it stood at the end of a day's run over the whole stock: by rule how many certificates and rows break it; under rule '' how many
-- certificates and rows were looked at.
create table quality_day (
  day {int} not null,
  authority_id {int} not null,
  rule {text} not null,
  certificates {int} not null,
  rows {int} not null,
  primary key (day, authority_id, rule)
){strict}{without_rowid};
