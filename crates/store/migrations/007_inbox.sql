-- Linking: bodies of one legal person, and what is told to authorities that did not do it.

-- The bodies of a legal person are found by its code, whether they have one of their own or not.
create index body_by_parent on body (parent_uscc) where parent_uscc is not null;

-- 收件箱: an act against a certificate as other authorities are told of it, written in the transaction of the act and named
-- by the position of its event. Who has read it is no event: it changes nothing of a certificate, and stands in the row.
-- With a rowid: where the primary key is the table, SQLite takes it for the unread as well and walks all that was read.
create table inbox (
  authority_id {int} not null,
  epoch {int} not null,
  position {int} not null,
  certificate_id {int} not null,
  by_id {int} not null,
  concern {text} not null,
  read_at {int},
  read_by {int},
  primary key (authority_id, epoch, position)
){strict};
create index inbox_unread on inbox (authority_id, read_at, epoch, position);
create index inbox_by_certificate on inbox (certificate_id, authority_id);

-- What superiors did before this step was read out of the events; nobody has said yet that he has read it.
insert into inbox (authority_id, epoch, position, certificate_id, by_id, concern)
  select e.authority_id, e.epoch, e.position, e.object_id, a.authority_id, 'superior' from event e
  join account a on a.id = case when e.actor like 'account:%' then cast(substr(e.actor, 9) as bigint) end
  where e.kind in ('lift', 'revoke') and e.object = 'certificate' and a.authority_id <> e.authority_id;
drop index event_of_superior;

-- no_delete: inbox
