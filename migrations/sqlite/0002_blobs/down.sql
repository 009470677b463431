DROP TABLE upload_piece;
DROP TABLE upload;
DROP TABLE collection;
DROP TABLE blob;
