DROP TABLE export_purpose;
DROP TABLE report_head;
DROP TABLE report;
DROP FUNCTION report_stays;
DROP TABLE dense;
DROP TABLE fact;
DROP FUNCTION fact_stays;
DROP TABLE deadline;
