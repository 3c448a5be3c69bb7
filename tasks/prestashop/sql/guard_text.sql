  AND CAST(CONVERT(available_later USING utf8mb4) AS BINARY) <=> CAST(%(before)s AS BINARY)
