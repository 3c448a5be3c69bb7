-- The open pins of a shop as a decision reads them. In: $rows.
SELECT unnest($rows::STRUCT(product_id BIGINT, supplier_id BIGINT, kind VARCHAR, reason VARCHAR, until TIMESTAMP,
                            decided_by VARCHAR, decided_at TIMESTAMP)[], recursive := true)
