-- What supervision looks through by day, and what officers are told of it once a day.

-- Suspended certificates, by the day from which they are: a row only while one is suspended, so other writing pays nothing.
create index certificate_suspended on certificate (authority_id, status_day, id) where status = 'suspended';

-- 每日提要: what is new for an account on a day, in lines as JSON; kept for thirty days. The key makes it one, however many nodes
-- make it.
create table digest (
  account_id {int} not null,
  day {int} not null,
  lines {text} not null,
  read_at {int},
  primary key (account_id, day)
){strict};
create index digest_by_day on digest (day);

-- Lists that an account does not want to be told of.
create table digest_off (
  account_id {int} not null,
  list {text} not null,
  primary key (account_id, list)
){strict}{without_rowid};
