-- What came of a change set that a crash cut short: each of its rows may have been written. On the desk: changes.
-- Leaves: outcomes.
CREATE VIEW outcomes AS
SELECT id_product, id_product_attribute, id_lang, field, 'written' AS outcome FROM changes;
