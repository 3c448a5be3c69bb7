-- Ends a lease that ran out long ago, unless somebody took or renewed it meanwhile.
DELETE FROM leases
 WHERE integration_id = :integration_id AND run_id = :run_id AND expires_at < :before
RETURNING run_id
