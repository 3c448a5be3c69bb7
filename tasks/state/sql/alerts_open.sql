-- What the watchdog knows to be wrong.
SELECT key, kind, title, message, since, told_at FROM alerts ORDER BY since, key
