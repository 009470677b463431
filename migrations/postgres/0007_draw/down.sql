DROP TABLE draw;
DROP FUNCTION draw_stays;
