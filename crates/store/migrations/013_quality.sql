-- 数据质量: what the rules (domain::quality) find in the current edition of each certificate in force, and how that changes.

-- One row a certificate and rule that is not kept. Written anew with every run over the certificate; a rule that is kept has
-- none. `rows` is how many rows of the certificate break it, `place` the first of them, for the eye.
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
create index quality_problem_of on quality_problem (authority_id, rule, certificate_id);

-- Which certificates were looked at, by which version of the rules and in which edition: what is behind is due.
create table quality_seen (
  certificate_id {int} not null primary key,
  edition {int} not null,
  rules {int} not null,
  day {int} not null
){strict};

-- Certificates that a change made due before the night comes.
create table quality_due (
  certificate_id {int} not null primary key
){strict};

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
