-- Nothing was decided by a person. Leaves: decided.
CREATE TABLE decided (id VARCHAR, offer_key VARCHAR, product_id BIGINT, judgement VARCHAR, pack_size DECIMAL(18, 4),
  sku VARCHAR, ean VARCHAR, name VARCHAR);
