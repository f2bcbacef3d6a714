-- 监管: inspectors, draws of bodies and inspectors (双随机), inspections with what is put right, and notices. What was recorded
-- stays: a correction is another version, an end a row or a moment of its own.

-- 检查人员 of an authority, a row for each version; the highest holds. domains: codes parted by commas, '' all of them.
create table inspector (
  id {int} not null,
  version {int} not null,
  authority_id {int} not null,
  name {text} not null,
  unit {text} not null,
  post {text} not null,
  domains {text} not null,
  since_day {int} not null,
  until_day {int},
  actor {text} not null,
  recorded_at {int} not null,
  primary key (id, version)
){strict};
create index inspector_of on inspector (authority_id, id, version);
-- append_only: inspector

-- 回避: who is not sent to whom, until it ends.
create table inspector_recusal (
  inspector_id {int} not null,
  body_id {int} not null,
  recorded_at {int} not null,
  reason {text} not null,
  actor {text} not null,
  ended_at {int},
  primary key (inspector_id, body_id, recorded_at)
){strict};
-- close_only: inspector_recusal(ended_at) keeps inspector_id, body_id, recorded_at, reason, actor

-- A draw: the plan and the pools are frozen first, the seed is drawn afterwards. earlier_id is the last draw of the same plan.
create table draw (
  id {int} not null primary key,
  authority_id {int} not null,
  title {text} not null,
  plan {text} not null,
  digest {blob} not null,
  bodies {int} not null,
  inspectors {int} not null,
  earlier_id {int},
  earlier_reason {text} not null,
  actor {text} not null,
  frozen_at {int} not null
){strict};
create index draw_of on draw (authority_id, id);
create index draw_by_plan on draw (authority_id, plan, id);
-- append_only: draw

-- The text of FORMATS.md 16, of which draw.digest is the SHA-256.
create table draw_pool (
  draw_id {int} not null primary key,
  text {text} not null
){strict};
-- append_only: draw_pool

create table draw_result (
  draw_id {int} not null primary key,
  seed {blob} not null,
  bodies {int} not null,
  actor {text} not null,
  drawn_at {int} not null
){strict};
-- append_only: draw_result

-- The result again as rows, for lists; it follows from text and seed.
create table draw_body (
  draw_id {int} not null,
  ord {int} not null,
  body_id {int} not null,
  part {text} not null,
  primary key (draw_id, ord)
){strict};
create index draw_body_of on draw_body (body_id, draw_id);
-- append_only: draw_body

create table draw_inspector (
  draw_id {int} not null,
  ord {int} not null,
  seat {int} not null,
  inspector_id {int} not null,
  primary key (draw_id, ord, seat)
){strict};
-- append_only: draw_inspector

create table draw_publication (
  draw_id {int} not null primary key,
  actor {text} not null,
  published_at {int} not null
){strict};
create index draw_publication_by_time on draw_publication (published_at, draw_id);
-- append_only: draw_publication

-- 监督检查 of a body, a row for each version; the highest holds. certificates: keys parted by commas; inspectors: names.
create table inspection (
  id {int} not null,
  version {int} not null,
  authority_id {int} not null,
  body_id {int} not null,
  draw_id {int},
  kind {text} not null,
  from_day {int} not null,
  to_day {int} not null,
  inspectors {text} not null,
  certificates {text} not null,
  result {text} not null,
  summary {text} not null,
  document {text} not null,
  actor {text} not null,
  recorded_at {int} not null,
  primary key (id, version)
){strict};
create index inspection_of_body on inspection (body_id, id, version);
create index inspection_of on inspection (authority_id, id, version);
create index inspection_of_draw on inspection (draw_id, id, version) where draw_id is not null;
-- append_only: inspection

create table inspection_finding (
  inspection_id {int} not null,
  version {int} not null,
  ord {int} not null,
  text {text} not null,
  primary key (inspection_id, version, ord)
){strict};
-- append_only: inspection_finding

-- 检查结果公开: which version, since when.
create table inspection_publication (
  inspection_id {int} not null,
  version {int} not null,
  actor {text} not null,
  published_at {int} not null,
  primary key (inspection_id, version)
){strict};
create index inspection_publication_by_time on inspection_publication (published_at, inspection_id);
-- append_only: inspection_publication

-- 整改: what a body is to put right until when.
create table rectification (
  id {int} not null primary key,
  inspection_id {int} not null,
  authority_id {int} not null,
  body_id {int} not null,
  what {text} not null,
  due_day {int} not null,
  document {text} not null,
  actor {text} not null,
  recorded_at {int} not null,
  closed_at {int}
){strict};
create index rectification_of_inspection on rectification (inspection_id, id);
create index rectification_of_body on rectification (body_id, id);
create index rectification_open on rectification (authority_id, due_day, id) where closed_at is null;
create index rectification_open_all on rectification (due_day, id) where closed_at is null;
-- close_only: rectification(closed_at) keeps id, inspection_id, authority_id, body_id, what, due_day, document, actor, recorded_at

create table rectification_step (
  rectification_id {int} not null,
  ord {int} not null,
  step {text} not null,
  day {int} not null,
  document {text} not null,
  note {text} not null,
  actor {text} not null,
  recorded_at {int} not null,
  primary key (rectification_id, ord)
){strict};
-- append_only: rectification_step

-- 通知书: its PDF is the file of this digest.
create table notice (
  id {int} not null primary key,
  authority_id {int} not null,
  body_id {int} not null,
  kind {text} not null,
  document {text} not null,
  text {text} not null,
  digest {blob} not null,
  actor {text} not null,
  made_at {int} not null,
  fetched_at {int}
){strict};
create index notice_of_body on notice (body_id, id);
create unique index notice_by_document on notice (authority_id, document);
-- close_only: notice(fetched_at) keeps id, authority_id, body_id, kind, document, text, digest, actor, made_at
