-- Inputs of a decision that are not always read, empty.
CREATE TABLE IF NOT EXISTS suppliers (integration_id BIGINT, name VARCHAR, delivery VARCHAR, timezone VARCHAR, price_kind VARCHAR);
CREATE TABLE IF NOT EXISTS pins (product_id BIGINT, supplier_id BIGINT, kind VARCHAR, reason VARCHAR, until TIMESTAMP,
  decided_by VARCHAR, decided_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS absences (integration_id BIGINT, product_id BIGINT, first_missing_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS imports (integration_id BIGINT, started_at TIMESTAMP, status VARCHAR);
CREATE TABLE IF NOT EXISTS feed_health (integration_id BIGINT, confirmed_at TIMESTAMP);
