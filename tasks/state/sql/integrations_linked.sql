-- The integrations that have links: from one to the next by the index, not through all of its entries.
WITH RECURSIVE found (integration_id) AS (
  SELECT min(integration_id) FROM integration_product_links
  UNION ALL
  SELECT (SELECT min(l.integration_id) FROM integration_product_links AS l WHERE l.integration_id > f.integration_id)
  FROM found AS f WHERE f.integration_id IS NOT NULL
)
SELECT integration_id FROM found WHERE integration_id IS NOT NULL
