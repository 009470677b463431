DROP TABLE desk_op;
