-- Who works on what, or did when it died.
SELECT integration_id, holder, run_id, acquired_at, expires_at FROM leases ORDER BY integration_id
