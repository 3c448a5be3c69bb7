-- every PrestaShop shop has this table; what stands before its name is the prefix
SELECT left(table_name, char_length(table_name) - char_length('stock_available'))
FROM information_schema.tables
WHERE table_schema = database() AND right(table_name, char_length('stock_available')) = 'stock_available'
ORDER BY 1
