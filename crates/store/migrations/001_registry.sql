-- The registry, first version. One text for both databases; tokens and directives are explained in src/migrate.rs.
-- Days are numbers since 1970-01-01 (Asia/Shanghai), instants microseconds UTC, flags 0 or 1.
-- Keys of what hangs below a certificate begin with certificate_id; ids come from id_block, never from the engine (postgres.md rules 1 and 2).

create table meta (
  key {text} not null primary key,
  value {text} not null
){strict};

create table id_block (
  name {text} not null primary key,
  next {int} not null
){strict};

-- ---------------------------------------------------------------- code tables: data an administrator edits
create table authority (
  id {int} not null primary key,
  name {text} not null,
  short_name {text} not null,
  level {text} not null,
  area {text} not null,
  settings {text} not null
){strict};

create table authority_code (
  authority_id {int} not null,
  code {text} not null,
  from_day {int} not null,
  to_day {int},
  primary key (authority_id, code, from_day)
){strict};

create table code_entry (
  kind {text} not null,
  code {text} not null,
  from_day {int} not null,
  to_day {int},
  name {text} not null,
  primary key (kind, code, from_day)
){strict};

-- ---------------------------------------------------------------- accounts
create table account (
  id {int} not null primary key,
  login {text} not null unique,
  name {text} not null,
  authority_id {int} not null,
  role {text} not null,
  password {text} not null,
  must_change {int} not null,
  disabled {int} not null,
  failures {int} not null,
  locked_until {int} not null,
  password_set_at {int} not null,
  last_login_at {int},
  last_login_from {text},
  created_at {int} not null
){strict};
create index account_by_authority on account (authority_id, id);

create table session (
  token_hash {blob} not null primary key,
  account_id {int} not null,
  created_at {int} not null,
  last_seen_at {int} not null,
  source {text} not null,
  agent {text} not null
){strict};
create index session_by_account on session (account_id);

-- ---------------------------------------------------------------- bodies and certificates
-- What makes two bodies one: own_uscc, or parent_uscc and name_key where there is no own code.
create table body (
  id {int} not null primary key,
  own_uscc {text},
  parent_uscc {text},
  org_code {text},
  name_key {text} not null,
  name {text} not null,
  other_name {text} not null,
  parent_name {text} not null,
  division {text},
  xpcc {int} not null,
  created_at {int} not null
){strict};
create unique index body_own_uscc on body (own_uscc);
create unique index body_parent_name on body (parent_uscc, name_key) where own_uscc is null;
create index body_by_name on body (name_key);
create index body_by_org_code on body (org_code) where org_code is not null;

create table certificate (
  id {int} not null primary key,
  number {text} not null,
  code {text} not null,
  authority_id {int} not null,
  body_id {int} not null,
  status {text} not null,
  status_day {int},
  status_document {text} not null,
  status_reason {text} not null,
  valid_from {int} not null,
  valid_to {int} not null,
  edition {int} not null,
  previous_id {int},
  successor_id {int},
  domain {text} not null,
  industry {text} not null,
  food {int} not null,
  door {text} not null,
  batch_id {int},
  assigned_at {int} not null,
  contact_id {int},
  printed {int} not null,
  print_due {int} not null
){strict};
create unique index certificate_number on certificate (number);
create unique index certificate_code on certificate (code);
create index certificate_by_body on certificate (body_id);
create index certificate_by_authority on certificate (authority_id, id);
create index certificate_by_expiry on certificate (authority_id, valid_to);
create index certificate_by_batch on certificate (batch_id) where batch_id is not null;
create index certificate_print_due on certificate (authority_id, id) where print_due = 1;

create table edition (
  certificate_id {int} not null,
  edition {int} not null,
  kinds {text} not null,
  effective_day {int} not null,
  recorded_at {int} not null,
  template {text} not null,
  face {text} not null,
  capabilities {int} not null,
  digest {blob} not null,
  primary key (certificate_id, edition)
){strict};

-- ---------------------------------------------------------------- rows of the annex, each with the editions in which it holds
create table item (
  id {int} not null primary key,
  hash {blob} not null,
  category {text} not null,
  class {text} not null,
  name {text} not null,
  standard_name {text} not null,
  standard_number {text} not null,
  clause {text} not null
){strict};
create unique index item_hash on item (hash);

-- site_no names the place through all its editions, so that a renamed address does not touch the rows that stand at it.
create table site (
  certificate_id {int} not null,
  row_id {int} not null,
  site_no {int} not null,
  ord {int} not null,
  name {text} not null,
  address {text} not null,
  division {text},
  from_edition {int} not null,
  to_edition {int},
  primary key (certificate_id, row_id)
){strict}{without_rowid};

create table scope (
  certificate_id {int} not null,
  row_id {int} not null,
  site_no {int} not null,
  item_id {int} not null,
  ord {int} not null,
  limits {text} not null,
  remark {text} not null,
  approved_on {int},
  food {int} not null,
  label {text} not null,
  from_edition {int} not null,
  to_edition {int},
  primary key (certificate_id, row_id)
){strict}{without_rowid};

create table signatory (
  certificate_id {int} not null,
  row_id {int} not null,
  site_no {int} not null,
  person_id {int} not null,
  ord {int} not null,
  name {text} not null,
  title {text} not null,
  field {text} not null,
  food {int} not null,
  approved_on {int},
  remark {text} not null,
  education {text} not null,
  department {text} not null,
  from_edition {int} not null,
  to_edition {int},
  primary key (certificate_id, row_id)
){strict}{without_rowid};

create table instrument (
  certificate_id {int} not null,
  row_id {int} not null,
  site_no {int} not null,
  ord {int} not null,
  class {text} not null,
  item {text} not null,
  standard {text} not null,
  name {text} not null,
  model {text} not null,
  serial {text} not null,
  range {text} not null,
  traceability {text} not null,
  traceable_until {int},
  confirmation {text} not null,
  from_edition {int} not null,
  to_edition {int},
  primary key (certificate_id, row_id)
){strict}{without_rowid};

create table staff (
  certificate_id {int} not null,
  row_id {int} not null,
  site_no {int} not null,
  person_id {int} not null,
  ord {int} not null,
  name {text} not null,
  sex {text} not null,
  education {text} not null,
  post {text} not null,
  title {text} not null,
  major {text} not null,
  years {text} not null,
  department {text} not null,
  from_edition {int} not null,
  to_edition {int},
  primary key (certificate_id, row_id)
){strict}{without_rowid};

-- Personal fields: the only place for them, encrypted with a key outside the database. Besides drafts and uploads,
-- these are the only rows that may go, by a recorded act. lookup is a keyed hash, set for field 'id_number' only.
create table personal (
  person_id {int} not null,
  field {text} not null,
  cipher {blob} not null,
  key_id {int} not null,
  lookup {blob},
  primary key (person_id, field)
){strict};
create index personal_by_lookup on personal (lookup) where lookup is not null;

-- ---------------------------------------------------------------- what happened
create table event (
  epoch {int} not null,
  position {int} not null,
  recorded_at {int} not null,
  effective_day {int} not null,
  actor {text} not null,
  authority_id {int},
  door {text} not null,
  request_id {text} not null,
  kind {text} not null,
  object {text} not null,
  object_id {int} not null,
  edition {int},
  document {text} not null,
  decision_day {int},
  salt {blob} not null,
  body {blob} not null,
  digest {blob} not null,
  primary key (epoch, position)
){strict};
create index event_by_object on event (object, object_id, epoch, position);
create index event_by_authority on event (authority_id, epoch, position);

-- Refusals and sign-ins: no position, in batches, equal ones of a minute in one row.
create table access (
  id {int} not null primary key,
  recorded_at {int} not null,
  actor {text} not null,
  authority_id {int},
  door {text} not null,
  action {text} not null,
  outcome {text} not null,
  source {text} not null,
  request_id {text} not null,
  n {int} not null
){strict};
create index access_by_time on access (recorded_at);

create table print_record (
  id {int} not null primary key,
  certificate_id {int} not null,
  edition {int} not null,
  profile {text} not null,
  template {text} not null,
  fonts {text} not null,
  digest {blob} not null,
  copy {text} not null,
  reason {text} not null,
  paper_number {text} not null,
  account {text} not null,
  recorded_at {int} not null
){strict};
create index print_record_by_certificate on print_record (certificate_id, id);

-- Finals by content hash, fetched byte for byte.
create table file (
  digest {blob} not null primary key,
  bytes {blob} not null,
  recorded_at {int} not null
){strict};

-- ---------------------------------------------------------------- work in hand: local tables, nothing of them is certified
create table counter (
  authority_id {int} not null,
  scope {text} not null,
  next {int} not null,
  epoch {int} not null,
  primary key (authority_id, scope)
){strict};

create table reservation (
  number {text} not null primary key,
  batch_id {int} not null,
  line {int} not null
){strict};
create index reservation_by_batch on reservation (batch_id, line);

-- The body of a draft may hold personal fields: it is encrypted like them.
create table draft (
  id {int} not null primary key,
  authority_id {int} not null,
  account_id {int} not null,
  certificate_id {int},
  title {text} not null,
  kinds {text} not null,
  cipher {blob} not null,
  version {int} not null,
  updated_at {int} not null
){strict};
create index draft_by_authority on draft (authority_id, updated_at);

create table batch (
  id {int} not null primary key,
  authority_id {int} not null,
  account_id {int} not null,
  door {text} not null,
  state {text} not null,
  file_name {text} not null,
  digest {blob} not null,
  whole {int} not null,
  lines {int} not null,
  good {int} not null,
  fresh {int} not null,
  changed {int} not null,
  unchanged {int} not null,
  done {int} not null,
  message {text} not null,
  created_at {int} not null,
  updated_at {int} not null
){strict};
create index batch_by_authority on batch (authority_id, id);
create index batch_by_digest on batch (digest);

create table batch_line (
  batch_id {int} not null,
  line {int} not null,
  outcome {text} not null,
  certificate_id {int} not null,
  edition {int} not null,
  primary key (batch_id, line)
){strict}{without_rowid};

create table batch_problem (
  batch_id {int} not null,
  n {int} not null,
  severity {text} not null,
  sheet {text} not null,
  row {int} not null,
  col {text} not null,
  field {text} not null,
  code {text} not null,
  value {text} not null,
  message {text} not null,
  hint {text} not null,
  primary key (batch_id, n)
){strict};

create table upload (
  batch_id {int} not null,
  n {int} not null,
  name {text} not null,
  cipher {blob} not null,
  primary key (batch_id, n)
){strict};

create table job (
  id {int} not null primary key,
  kind {text} not null,
  payload {text} not null,
  state {text} not null,
  run_at {int} not null,
  lease_until {int} not null,
  attempts {int} not null,
  account_id {int} not null,
  authority_id {int} not null,
  done {int} not null,
  total {int} not null,
  message {text} not null,
  result {blob},
  created_at {int} not null,
  updated_at {int} not null
){strict};
create index job_by_state on job (state, run_at, id);
create index job_by_account on job (account_id, id);

create table download_link (
  token_hash {blob} not null primary key,
  certificate_id {int} not null,
  created_at {int} not null,
  expires_at {int} not null,
  downloads {int} not null
){strict};
create index download_link_by_certificate on download_link (certificate_id);

create table scan_count (
  day {int} not null,
  authority_id {int} not null,
  way {text} not null,
  word {text} not null,
  n {int} not null,
  primary key (day, authority_id, way, word)
){strict};

-- ---------------------------------------------------------------- what the database itself refuses
-- append_only: edition
-- append_only: event
-- append_only: access
-- append_only: print_record
-- append_only: item
-- append_only: file
-- no_delete: certificate
-- no_delete: body
-- no_delete: account
-- no_delete: authority
-- close_only: site(to_edition) keeps certificate_id, row_id, site_no, ord, name, address, division, from_edition
-- close_only: scope(to_edition) keeps certificate_id, row_id, site_no, item_id, ord, limits, remark, approved_on, food, label, from_edition
-- close_only: signatory(to_edition) keeps certificate_id, row_id, site_no, person_id, ord, name, title, field, food, approved_on, remark, education, department, from_edition
-- close_only: instrument(to_edition) keeps certificate_id, row_id, site_no, ord, class, item, standard, name, model, serial, range, traceability, traceable_until, confirmation, from_edition
-- close_only: staff(to_edition) keeps certificate_id, row_id, site_no, person_id, ord, name, sex, education, post, title, major, years, department, from_edition
