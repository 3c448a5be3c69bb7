-- Whether anything is known of changes by others in a shop; usually nothing is.
SELECT 1 AS one FROM shop_edits WHERE integration_id = :integration_id LIMIT 1
