-- Of a run that had nothing to write. Leaves: outcomes.
CREATE TABLE outcomes (id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR);
