-- On the desk: differing. Leaves: changed_products (id_product).
CREATE TABLE changed_products AS SELECT DISTINCT id_product FROM differing ORDER BY id_product;
