-- A change set in the order it is applied; a product's changes stand together.

CREATE TABLE ordered_changes AS
SELECT id_product, id_product_attribute, id_lang, field, before, after
FROM changes
ORDER BY id_product, id_product_attribute, id_lang NULLS LAST, field;
