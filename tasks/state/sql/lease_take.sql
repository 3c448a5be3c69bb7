-- Takes a lease that nobody holds or that has expired; one row if it is ours now.
INSERT INTO leases AS held (integration_id, holder, run_id, acquired_at, expires_at)
VALUES (:integration_id, :holder, :run_id, :acquired_at, :expires_at)
ON CONFLICT (integration_id) DO UPDATE
   SET holder = excluded.holder,
       run_id = excluded.run_id,
       acquired_at = excluded.acquired_at,
       expires_at = excluded.expires_at
 WHERE held.expires_at <= excluded.acquired_at
RETURNING run_id
