-- Names of bodies that are nearly the same: keys by which they find each other, and the bodies whose keys are still to be
-- made. Keys are random numbers: made in sorted heaps after the bodies, they cost an import little; made with each
-- body, they would cost it a fifteenth.
create table body_key (
  key {int} not null,
  body_id {int} not null,
  primary key (key, body_id)
){strict}{without_rowid};

create table body_due (
  body_id {int} not null primary key
){strict}{without_rowid};
insert into body_due (body_id) select id from body;
