-- Nothing was decided by a person. Leaves: decided.
CREATE TABLE decided (offer_key VARCHAR, product_id BIGINT, judgement VARCHAR, pack_size DECIMAL(18, 4));
