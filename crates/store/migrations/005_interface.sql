-- The interface: systems that call, what they sent under which record id, what they collected, what is told to them, and
-- how far each authority is with its docking.

-- A system of an authority that may call. Never deleted: records and events name it.
create table client (
  id {int} not null primary key,
  authority_id {int} not null,
  public_id {text} not null,
  name {text} not null,
  grants {text} not null,
  addresses {text} not null,
  from_at {int},
  to_at {int},
  signing {int} not null,
  rate {int} not null,
  disabled {int} not null,
  created_at {int} not null,
  last_seen_at {int}
){strict};
create unique index client_public_id on client (public_id);
create index client_by_authority on client (authority_id, id);

-- At most two live at a time, so that one can be exchanged while the other is in use. Random, hence a plain hash.
create table client_secret (
  client_id {int} not null,
  n {int} not null,
  hash {blob} not null,
  tail {text} not null,
  created_at {int} not null,
  ended_at {int},
  primary key (client_id, n)
){strict};

-- Keys that requests are signed with: a public key, or a shared one encrypted like personal fields.
create table client_key (
  key_id {text} not null primary key,
  client_id {int} not null,
  algorithm {text} not null,
  material {blob} not null,
  created_at {int} not null,
  ended_at {int}
){strict};
create index client_key_by_client on client_key (client_id);

-- Nonces of signed requests, kept as long as their signatures are taken.
create table client_nonce (
  key_id {text} not null,
  nonce {text} not null,
  expires_at {int} not null,
  primary key (key_id, nonce)
){strict};
create index client_nonce_by_expiry on client_nonce (expires_at);

create table token (
  token_hash {blob} not null primary key,
  client_id {int} not null,
  grants {text} not null,
  created_at {int} not null,
  expires_at {int} not null
){strict};
create index token_by_client on token (client_id, expires_at);

-- What a caller's record id stands for: written in the transaction of the act itself, for ever. The digest is keyed: what
-- was sent may hold personal fields that could be guessed. The answer is what was said, without what is derived from it.
create table record (
  authority_id {int} not null,
  record_id {text} not null,
  act {text} not null,
  actor {text} not null,
  certificate_id {int} not null,
  edition {int} not null,
  digest {blob} not null,
  answer {text} not null,
  recorded_at {int} not null,
  primary key (authority_id, record_id)
){strict}{without_rowid};
create index record_by_certificate on record (certificate_id, recorded_at);

-- What was assigned on a day: reconciling and statistics ask for it.
create index certificate_by_assigned on certificate (authority_id, assigned_at, id);

-- Finished certificates and annexes as the province sealed them (归集), by content hash, in parts so that no transaction is long.
create table collected (
  certificate_id {int} not null,
  n {int} not null,
  edition {int} not null,
  part {text} not null,
  format {text} not null,
  digest {blob} not null,
  sm3 {blob} not null,
  size {int} not null,
  record_id {text} not null,
  recorded_at {int} not null,
  primary key (certificate_id, n)
){strict};

create table collected_part (
  digest {blob} not null,
  n {int} not null,
  bytes {blob} not null,
  primary key (digest, n)
){strict};

-- A batch of lines that came through the interface, and the answer to each line. Its key is of the same series as those of
-- imports, so that upload and certificate.batch_id name either.
create table call_batch (
  id {int} not null primary key,
  authority_id {int} not null,
  client_id {int} not null,
  act {text} not null,
  state {text} not null,
  digest {blob} not null,
  bytes {int} not null,
  done {int} not null,
  ok {int} not null,
  warned {int} not null,
  failed {int} not null,
  message {text} not null,
  created_at {int} not null,
  updated_at {int} not null
){strict};
create index call_batch_by_authority on call_batch (authority_id, id);
create index call_batch_by_digest on call_batch (digest);

create table batch_answer (
  batch_id {int} not null,
  line {int} not null,
  outcome {text} not null,
  answer {text} not null,
  primary key (batch_id, line)
){strict}{without_rowid};

-- Idempotency-Key of a call: with another body it is a mistake. Forgotten after a week.
create table call_key (
  client_id {int} not null,
  call_key {text} not null,
  digest {blob} not null,
  created_at {int} not null,
  primary key (client_id, call_key)
){strict};
create index call_key_by_time on call_key (created_at);

-- Addresses that are told of events. The event table is the outbox; a hook follows its positions. Nothing is sent to it
-- before next_at: the end of the lease of who is sending now, or of its rest after failures, which are counted.
create table hook (
  id {int} not null primary key,
  client_id {int} not null,
  authority_id {int} not null,
  url {text} not null,
  secret {blob} not null,
  kinds {text} not null,
  disabled {int} not null,
  epoch {int} not null,
  position {int} not null,
  next_at {int} not null,
  failures {int} not null,
  last_done_at {int},
  created_at {int} not null
){strict};
create index hook_by_authority on hook (authority_id, id);

create table delivery (
  hook_id {int} not null,
  epoch {int} not null,
  position {int} not null,
  state {text} not null,
  attempts {int} not null,
  next_at {int} not null,
  status {int},
  message {text} not null,
  created_at {int} not null,
  updated_at {int} not null,
  primary key (hook_id, epoch, position)
){strict};
create index delivery_due on delivery (hook_id, next_at, epoch, position) where state = 'waiting';
create index delivery_by_state on delivery (hook_id, state, epoch, position);
create index delivery_by_time on delivery (hook_id, created_at);

-- 应急手动赋码: while one is open, the manual doors of an authority in networked mode assign. Closed once, never deleted.
create table emergency (
  authority_id {int} not null,
  n {int} not null,
  reason {text} not null,
  opened_by {text} not null,
  opened_at {int} not null,
  until_at {int} not null,
  closed_at {int},
  primary key (authority_id, n)
){strict};

-- 对接情况反馈表 (annex 3 of the 2019 notice). It names contacts with telephone and mail, and is encrypted like personal fields.
create table docking (
  authority_id {int} not null primary key,
  cipher {blob} not null,
  version {int} not null,
  filed_at {int},
  updated_at {int} not null
){strict};

-- Steps of the docking that are declared, not computed.
create table docking_step (
  authority_id {int} not null,
  step {text} not null,
  done_at {int} not null,
  actor {text} not null,
  note {text} not null,
  primary key (authority_id, step)
){strict};

-- What the board of the docking counts: the first code through the interface, and what was taken over (存量).
create index certificate_by_interface on certificate (authority_id, assigned_at) where door = 'interface';
create index edition_taken_over on edition (certificate_id) where edition = 1 and kinds = 'takeover';

-- append_only: record
-- append_only: collected
-- append_only: collected_part
-- no_delete: client
-- close_only: emergency(closed_at) keeps authority_id, n, reason, opened_by, opened_at, until_at
