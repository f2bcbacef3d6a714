-- When and from where the account had signed in before a session began: the account itself holds what is newest, which is that very
-- session.

alter table session add column previous_at {int};
alter table session add column previous_from {text};
