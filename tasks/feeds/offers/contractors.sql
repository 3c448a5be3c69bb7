-- Whose each record is: by the feed's list of contractors (`*` is any other), without a list by their very number.
-- In: rows, judged; $texts, $ids (the list). Out: judged with contractor_id, or unknown_contractor (the text).

UPDATE judged SET
    contractor_id = one.contractor_id,
    unknown_contractor = CASE WHEN one.contractor_id IS NULL THEN one.raw END
FROM (
    WITH listed AS (
        SELECT squeezed(unnest($texts::VARCHAR[])) AS word, unnest($ids::BIGINT[]) AS contractor_id
    ),
    texts AS (SELECT DISTINCT contractor AS raw FROM rows WHERE given(contractor) IS NOT NULL),
    meant AS (
        SELECT raw,
            CASE WHEN len($texts::VARCHAR[]) > 0 THEN coalesce(own.contractor_id, other.contractor_id)
                 WHEN regexp_full_match(trimmed(raw), '0*[1-9]\d{0,8}') THEN trimmed(raw)::BIGINT END AS contractor_id
        FROM texts
        LEFT JOIN listed AS own ON own.word = squeezed(raw)
        LEFT JOIN listed AS other ON other.word = '*'
    )
    SELECT row_number, raw, contractor_id FROM rows JOIN meant ON rows.contractor = meant.raw
) AS one
WHERE judged.row_number = one.row_number;
