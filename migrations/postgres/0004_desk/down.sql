DROP TABLE posting;
DROP FUNCTION posting_fits;
DROP FUNCTION posting_stays;
DROP TABLE reconciled;
DROP TABLE finding_decision;
DROP TABLE finding_fact;
