DROP TABLE export_purpose;
DROP TABLE report_head;
DROP TABLE report;
DROP TABLE dense;
DROP TABLE fact;
DROP TABLE deadline;
