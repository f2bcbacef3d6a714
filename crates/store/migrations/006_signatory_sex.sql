-- The form and the official annex of 授权签字人 have a column 性别; until now what stood there was not kept.
alter table signatory add column sex {text} not null default '';
-- close_only: signatory(to_edition) keeps certificate_id, row_id, site_no, person_id, ord, name, title, field, food, approved_on, remark, education, department, from_edition, sex
