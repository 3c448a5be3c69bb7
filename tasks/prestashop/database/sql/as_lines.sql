-- rows as the lines of one CSV text, made by the server: fetching row by row costs the client several times as much
SELECT group_concat(concat_ws(',', {cells}) SEPARATOR '\n')
FROM (
{query}
) AS asked
