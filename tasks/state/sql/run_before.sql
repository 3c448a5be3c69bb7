-- The last run of a flow before one, whatever it worked on, that came to its end.
SELECT id, started_at FROM runs WHERE flow = :flow AND id <> :id AND status = 'completed' AND started_at >= :since
ORDER BY started_at DESC LIMIT 1
