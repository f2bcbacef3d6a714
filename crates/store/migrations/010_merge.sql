-- 机构合并. The row of a merged body stays for ever and goes on saying what its codes and its name lead to: its keys stay taken,
-- and whoever finds it by one of them is led to the body that stays. merged_into is that body; merged_first the one that it
-- was merged with when that was done, which may itself have been merged since.
alter table body add column merged_into {int};
alter table body add column merged_first {int};
create index body_merged on body (merged_into) where merged_into is not null;

-- 疑似重复机构: pairs of bodies that may be one, made by an idle worker after the keys by which they find each other. One row for
-- each area that has to do with one of the two ('' is the nation), so that each authority walks its own.
create table body_pair (
  area {text} not null,
  ground {int} not null,
  low_id {int} not null,
  high_id {int} not null,
  primary key (area, ground, low_id, high_id)
){strict}{without_rowid};
create index body_pair_low on body_pair (low_id);
create index body_pair_high on body_pair (high_id);

create table pair_due (
  body_id {int} not null primary key
){strict}{without_rowid};

-- 不是重复: what an authority said of a pair, for itself. It may be taken back; who said so when is in the events.
create table body_apart (
  authority_id {int} not null,
  low_id {int} not null,
  high_id {int} not null,
  said_at {int} not null,
  said_by {int} not null,
  primary key (authority_id, low_id, high_id)
){strict}{without_rowid};

-- Whether an address of a system is also told of acts of other authorities that concern its own (收件箱).
alter table hook add column others {int} not null default 0;

-- Keys are made anew, by which organisation codes find each other as well, and pairs with them.
insert into body_due (body_id) select id from body where id not in (select body_id from body_due);
