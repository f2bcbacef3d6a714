-- 开放数据: what the registry publishes of itself, kept here so that every node serves it. Derived, and dropped with age.

-- One publication: everything (snapshot), or what changed since an earlier one (8h, 24h, 7d). It stands here once it is whole.
create table open_release (
  id {int} not null primary key,
  sort {text} not null,
  slot {int} not null,
  name {text} not null,
  from_name {text} not null,
  from_epoch {int} not null,
  from_position {int} not null,
  epoch {int} not null,
  position {int} not null,
  day {int} not null,
  made_at {int} not null,
  authorities {text} not null
){strict};
create unique index open_release_once on open_release (sort, slot);

-- Its files: gzip, in chunks of one size.
create table open_file (
  id {int} not null primary key,
  release_id {int} not null,
  name {text} not null,
  subject {text} not null,
  format {text} not null,
  authority_id {int},
  rows {int} not null,
  bytes {int} not null,
  digest {blob} not null
){strict};
create unique index open_file_name on open_file (name);
create index open_file_of_release on open_file (release_id, id);

create table open_chunk (
  file_id {int} not null,
  n {int} not null,
  bytes {blob} not null,
  primary key (file_id, n)
){strict};

-- Files that a job is making: what it leaves behind when it dies is found here.
create table open_part (
  file_id {int} not null primary key,
  job_id {int} not null
){strict};

-- Certificates whose day comes: the first valid day, the day after the last one, the day from which a status holds.
create index certificate_by_first_day on certificate (valid_from);
create index certificate_by_last_day on certificate (valid_to);
create index certificate_by_status_day on certificate (status_day);
