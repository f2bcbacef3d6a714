-- What a checked import would do, certificate by certificate, for its preview; removed when it is done or discarded.

create table batch_plan (
  batch_id {int} not null,
  line {int} not null,
  outcome {text} not null,
  -- Empty where the counter is to give it, or where the file's own cannot be read.
  number {text} not null,
  body {text} not null,
  -- Why the line is stopped; else empty.
  reason {text} not null,
  -- What a change would replace, as JSON; else empty.
  changes {text} not null,
  primary key (batch_id, line)
){strict}{without_rowid};
