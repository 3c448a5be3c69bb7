-- One row if our migrations ever ran here.
SELECT 1 AS found WHERE to_regclass('rexbit_flows_version') IS NOT NULL
