DROP TABLE posting;
DROP TABLE reconciled;
DROP TABLE finding_decision;
DROP TABLE finding_fact;
