-- Days of certificates, for less. Each index over all certificates by a day costs an import a page for each certificate, as days come
-- in no order: the last day is wanted of an authority with its status, the other two only where a day is still to come.

drop index certificate_by_expiry;
drop index certificate_by_first_day;
drop index certificate_by_last_day;
drop index certificate_by_status_day;
create index certificate_by_last_day on certificate (authority_id, valid_to, status);
-- 86,400,000,000 µs are a day: a certificate that was assigned in its time has no first day that is still to come.
create index certificate_by_first_day on certificate (valid_from) where valid_from > assigned_at / 86400000000;
create index certificate_by_status_day on certificate (status_day) where status_day is not null;
