-- Acts upon an authority's certificates by its superior, old passwords, and why a line of an import was refused.

-- Only the acts a superior may do (architecture.md 9.4): a fraction of all events, found without walking the others.
create index event_of_superior on event (authority_id, epoch, position) where kind in ('lift', 'revoke');

-- Hashes of passwords that were in force before, the latest with the highest n; a local table.
create table old_password (
  account_id {int} not null,
  n {int} not null,
  password {text} not null,
  primary key (account_id, n)
){strict};

-- Empty but for refused lines; those of imports before this step have none.
alter table batch_line add column reason {text} not null default '';
create index batch_line_refused on batch_line (batch_id, line) where outcome = 'refused';
