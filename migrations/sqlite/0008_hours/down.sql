DROP TABLE claim;
DROP TABLE attested;
