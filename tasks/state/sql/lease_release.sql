-- Gives our lease back; another's is left alone.
DELETE FROM leases
 WHERE integration_id = :integration_id
   AND run_id = :run_id
   AND acquired_at = :acquired_at
