-- How the last sync of a shop ended that came as far as its gate. A trial (a dry run, a limit, one contractor) says
-- nothing about the shop. `kind`: `shop`, of those that compared every row, or wrote what a person approved; `state`, of
-- all but those that compared every row and were held back: what they stopped for a sync of what we wrote doesn't see.
SELECT status FROM runs
WHERE integration_id = :integration_id AND flow = 'sync-availability' AND id <> :id
  AND status IN ('completed', 'unchanged', 'quarantined')
  AND summary ->> 'limit' IS NULL AND summary ->> 'contractor' IS NULL
  AND CAST(summary ->> 'dry_run' AS TEXT) IN ('false', '0')
  AND CASE :kind
    WHEN 'shop' THEN coalesce(CAST(summary ->> 'with_shop' AS TEXT) IN ('true', '1'), false)
                     OR coalesce(CAST(summary ->> 'approved' AS TEXT) IN ('true', '1'), false)
    WHEN 'state' THEN status <> 'quarantined' OR NOT coalesce(CAST(summary ->> 'with_shop' AS TEXT) IN ('true', '1'), false)
    ELSE true END
ORDER BY started_at DESC, id DESC LIMIT 1
