-- Whether an integration has links as a supplier.
SELECT 1 AS found FROM integration_product_links
WHERE integration_id = :supplier AND supplier_availability IS NOT NULL LIMIT 1
