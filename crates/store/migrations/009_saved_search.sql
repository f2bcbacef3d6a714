-- 常用查询: what an account keeps under a name; a local table.
create table saved_search (
  id {int} not null primary key,
  account_id {int} not null,
  name {text} not null,
  query {text} not null,
  created_at {int} not null
){strict};
create unique index saved_search_name on saved_search (account_id, name);
