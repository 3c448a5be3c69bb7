-- What the Webservice tells of products, combinations and stock rows, in the tables that `catalogue.sql` begins with.
-- On the desk: shop_products, shop_combinations, stock, codes, suppliers, shop_manufacturers.
-- Leaves: products, combinations, supplier_references, manufacturers.

CREATE TABLE products AS
SELECT p.*, s.depends_on_stock, s.quantity
FROM shop_products AS p
LEFT JOIN stock AS s ON s.id_product = p.id_product AND s.id_product_attribute = '0';

CREATE TABLE combinations AS
SELECT c.*, s.quantity
FROM shop_combinations AS c
LEFT JOIN stock AS s ON s.id_product = c.id_product AND s.id_product_attribute = c.id_product_attribute;

CREATE TABLE supplier_references AS
SELECT c.id_product, c.id_product_attribute, c.id_supplier, s.name AS supplier, c.product_supplier_reference AS reference
FROM codes AS c
JOIN suppliers AS s ON s.id = c.id_supplier
WHERE c.product_supplier_reference <> '';

CREATE TABLE manufacturers AS
SELECT id AS id_manufacturer, name FROM shop_manufacturers;
