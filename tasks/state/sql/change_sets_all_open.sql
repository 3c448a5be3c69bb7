-- Change sets of all shops that a crash cut short: a later sync asks what they wrote.
SELECT id FROM change_sets WHERE ended_at IS NULL
