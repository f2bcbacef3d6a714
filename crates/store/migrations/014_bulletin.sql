-- 通报: what provinces declare, and the bulletins on them. Nothing here ever changes: where a bulletin stands is the last of
-- its steps, and what was released is what its rows said then.

-- How many certificates are in force on the last day of a month, as the authority declares. The latest row of a day counts.
create table declared (
  id {int} not null primary key,
  authority_id {int} not null,
  day {int} not null,
  certificates {int} not null,
  actor {text} not null,
  recorded_at {int} not null
){strict};
create index declared_of on declared (authority_id, day, id);
create index declared_on on declared (day, authority_id, id);

-- A bulletin as it was drafted: the whole numbers it is reckoned from (domain::bulletin, FORMATS.md) and their SHA-256.
create table bulletin (
  id {int} not null primary key,
  period {text} not null,
  edition {int} not null,
  corrects_id {int},
  aggregates {blob} not null,
  digest {blob} not null
){strict};
create index bulletin_by_period on bulletin (period, id);

-- Its way, step by step, from 0: drafted, edited (both with a text), approved, released … `issue` is set by the release alone, to
-- period and edition, so that nothing is released twice.
create table bulletin_step (
  bulletin_id {int} not null,
  n {int} not null,
  step {text} not null,
  title {text} not null,
  text {text} not null,
  reason {text} not null,
  issue {text},
  actor {text} not null,
  recorded_at {int} not null,
  primary key (bulletin_id, n)
){strict};
create unique index bulletin_issue on bulletin_step (issue) where issue is not null;

-- To whom it was sent, and who signed for it.
create table bulletin_letter (
  authority_id {int} not null,
  bulletin_id {int} not null,
  primary key (authority_id, bulletin_id)
){strict}{without_rowid};

create table bulletin_receipt (
  bulletin_id {int} not null,
  authority_id {int} not null,
  actor {text} not null,
  recorded_at {int} not null,
  primary key (bulletin_id, authority_id)
){strict}{without_rowid};

-- What an authority answers, or disputes of a figure, and what the national level says to it.
create table bulletin_reply (
  id {int} not null primary key,
  bulletin_id {int} not null,
  authority_id {int} not null,
  kind {text} not null,
  figure {text} not null,
  text {text} not null,
  actor {text} not null,
  recorded_at {int} not null
){strict};
create index bulletin_reply_of on bulletin_reply (bulletin_id, id);

create table bulletin_answer (
  reply_id {int} not null primary key,
  text {text} not null,
  actor {text} not null,
  recorded_at {int} not null
){strict};

-- Resumptions are few; a bulletin asks which took effect after its last day.
create index event_resume on event (effective_day) where kind = 'resume';

-- append_only: declared
-- append_only: bulletin
-- append_only: bulletin_step
-- append_only: bulletin_letter
-- append_only: bulletin_receipt
-- append_only: bulletin_reply
-- append_only: bulletin_answer
