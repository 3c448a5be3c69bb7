SELECT id AS product_id, sku, ean, name FROM products WHERE id = :product_id
