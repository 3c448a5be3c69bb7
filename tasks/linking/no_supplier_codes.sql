-- The feed's block names no supplier of the shop. Leaves: supplier_codes.
CREATE TABLE supplier_codes (product_id BIGINT, code VARCHAR);
