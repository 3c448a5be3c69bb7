SELECT 1 AS one FROM shop_written WHERE integration_id = :integration_id LIMIT 1
