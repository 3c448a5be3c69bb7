-- Who holds an integration's lease, expired or not.
SELECT integration_id, holder, run_id, acquired_at, expires_at
  FROM leases
 WHERE integration_id = :integration_id
