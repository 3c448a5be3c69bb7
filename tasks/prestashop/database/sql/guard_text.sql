  AND CAST(CONVERT({column} USING utf8mb4) AS BINARY) <=> CAST(%(before)s AS BINARY)
