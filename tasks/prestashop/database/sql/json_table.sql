-- whether the server can read rows out of JSON, a null in it too: MariaDB since 10.6, MySQL since 8.0
SELECT count(*), sum(c.text IS NULL), @@max_allowed_packet
FROM JSON_TABLE('[[1, null], [2, "a"]]', '$[*]' COLUMNS (
  id BIGINT PATH '$[0]', text VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]'
)) c
