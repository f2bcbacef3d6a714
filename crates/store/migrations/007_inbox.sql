-- Linking: the bodies of one legal person are found by its code, whether they have one of their own or not.
create index body_by_parent on body (parent_uscc) where parent_uscc is not null;
