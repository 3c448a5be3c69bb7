-- A shop's items in the form of a supplier's offers, for a review. On the desk: identities. Leaves: offers.
CREATE TABLE offers AS
SELECT row_number() OVER (ORDER BY id_product, id_product_attribute) AS row_number, external_id AS supplier_sku, sku, ean, name
FROM identities ORDER BY row_number;
