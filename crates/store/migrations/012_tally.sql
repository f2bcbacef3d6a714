-- 统计: how often the registry was asked and what was done, by hour. Sums only: nobody who asked is in here.

-- What was counted of one key on one day (Asia/Shanghai), a column for each hour, `rest` where only the day is known, `n` the sum of these before them, since most pages want no hours. So the
-- table grows with days and keys, whatever is counted. Of one dimension at a time: how often by device, how often by
-- province of the visitor, never both, so that it stays small. Dimension '' is the sum. authority_id is whose certificate it
-- was about, 0 where no certificate was found, and -1 for all of them together, so that the nation reads no more rows than a
-- province.
create table tally (
  measure {text} not null,
  dimension {text} not null,
  authority_id {int} not null,
  day {int} not null,
  value {text} not null,
  agent {text} not null,
  n {int} not null,
  h0 {int} not null, h1 {int} not null, h2 {int} not null, h3 {int} not null, h4 {int} not null, h5 {int} not null,
  h6 {int} not null, h7 {int} not null, h8 {int} not null, h9 {int} not null, h10 {int} not null, h11 {int} not null,
  h12 {int} not null, h13 {int} not null, h14 {int} not null, h15 {int} not null, h16 {int} not null, h17 {int} not null,
  h18 {int} not null, h19 {int} not null, h20 {int} not null, h21 {int} not null, h22 {int} not null, h23 {int} not null,
  rest {int} not null,
  primary key (measure, dimension, authority_id, day, value, agent)
){strict}{without_rowid};

-- What a node counted in a second, packed (domain::tally), until it is added to the sums above in one transaction that
-- takes it away here: nothing is added twice, whoever does it.
create table tally_log (
  id {int} not null primary key,
  made_at {int} not null,
  bytes {blob} not null
){strict};

-- The same of bodies, added to their sums once an hour: bodies are many, and a second asks for many of them.
create table tally_body_log (
  id {int} not null primary key,
  made_at {int} not null,
  bytes {blob} not null
){strict};

-- Scans and verdicts of a body's certificates in a month.
create table tally_body (
  month {int} not null,
  body_id {int} not null,
  authority_id {int} not null,
  people {int} not null,
  machines {int} not null,
  primary key (month, body_id, authority_id)
){strict}{without_rowid};
create index tally_body_most on tally_body (month, people);
create index tally_body_most_of on tally_body (authority_id, month, people);

-- 独立访客 of a day: registers of a HyperLogLog (domain::Sketch), of the certificates of an authority, or 0: of all public
-- pages. The salt that its hashes are made with is the day's own; its row goes with the day, and with it every way back.
create table visitor_sketch (
  day {int} not null,
  authority_id {int} not null,
  registers {blob} not null,
  primary key (day, authority_id)
){strict};

create table visitor_salt (
  day {int} not null primary key,
  salt {blob} not null
){strict};

-- Codes and numbers that were asked for on a day and that no certificate has; so many a day at most.
create table asked_unknown (
  day {int} not null,
  sort {text} not null,
  asked {text} not null,
  n {int} not null,
  primary key (day, sort, asked)
){strict}{without_rowid};

-- Where the hour was not kept.
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, '', authority_id, day, '', agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent, authority_id;
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, 'answer', authority_id, day, word, agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent, authority_id, word;
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, 'way', authority_id, day, way, agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent, authority_id, way;
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, '', -1, day, '', agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent;
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, 'answer', -1, day, word, agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent, word;
insert into tally (measure, dimension, authority_id, day, value, agent,
  n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
  select measure, 'way', -1, day, way, agent, sum(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)
  from (select case when way in ('code', 'number') then 'verdict' else 'scan' end as measure, authority_id, day, way, word,
    case when way = 'json' then 'machine' else 'person' end as agent, n from scan_count) as counted
  group by measure, day, agent, way;
drop table scan_count;
