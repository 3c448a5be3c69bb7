-- Prolongs our lease; no row if it is another's by now.
UPDATE leases
   SET expires_at = :expires_at
 WHERE integration_id = :integration_id
   AND run_id = :run_id
   AND acquired_at = :acquired_at
RETURNING run_id
