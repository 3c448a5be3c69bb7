INSERT INTO feed_snapshots (id, integration_id, content_hash, settings_hash, fetched_at, verdict, reason,
  rows_read, rows_rejected, offers, available, run_id, folder)
VALUES (:id, :integration_id, :content_hash, :settings_hash, :fetched_at, :verdict, :reason,
  :rows_read, :rows_rejected, :offers, :available, :run_id, :folder)
ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason, run_id = excluded.run_id
