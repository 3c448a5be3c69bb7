-- For this transaction: what takes longer is given up by the server, and rows are found by their indexes, newest first.
-- (By its guesses about JSON the planner would sort all runs of an integration to find the newest, and compile for that.)
SET LOCAL statement_timeout = '20s'; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off
