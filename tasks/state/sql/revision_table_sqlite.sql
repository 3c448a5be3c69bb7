-- One row if our migrations ever ran here.
SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'rexbit_flows_version'
