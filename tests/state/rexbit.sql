-- A Rexbit database as Laravel's migrations make it, with a few rows.
CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(255) NOT NULL, email varchar(255) NOT NULL UNIQUE,
  created_at timestamp(0) NULL, updated_at timestamp(0) NULL);
CREATE TABLE contractors (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  name varchar(255) NOT NULL);
CREATE TABLE integrations (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  name varchar(255) NOT NULL, type varchar(255) NOT NULL, config json NULL,
  created_at timestamp(0) NULL, updated_at timestamp(0) NULL);
CREATE TABLE products (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  catalog_id bigint NULL, slug varchar(255) NOT NULL, sku varchar(255) NULL, ean varchar(255) NULL,
  name varchar(255) NOT NULL, description text NULL, purchase_price_net numeric(12, 2) NULL,
  vat_rate numeric(5, 2) NOT NULL DEFAULT 23, is_active boolean NOT NULL DEFAULT true, images jsonb NULL,
  created_at timestamp(0) NULL, updated_at timestamp(0) NULL, deleted_at timestamp(0) NULL);
CREATE UNIQUE INDEX products_user_id_sku_unique ON products (user_id, sku);
CREATE TABLE integration_product_links (id bigserial PRIMARY KEY,
  integration_id bigint NOT NULL REFERENCES integrations ON DELETE CASCADE,
  product_id bigint NOT NULL REFERENCES products ON DELETE CASCADE,
  catalog_id bigint NULL, external_product_id varchar(255) NULL, sku varchar(255) NULL, ean varchar(255) NULL,
  matched_by varchar(255) NULL, is_manual boolean NOT NULL DEFAULT false, metadata json NULL,
  created_at timestamp(0) NULL, updated_at timestamp(0) NULL, supplier_availability jsonb NULL,
  UNIQUE (integration_id, product_id));
CREATE INDEX integration_product_links_external_product_id_index ON integration_product_links (external_product_id);
CREATE INDEX integration_product_links_sku_index ON integration_product_links (sku);
CREATE INDEX integration_product_links_ean_index ON integration_product_links (ean);
CREATE INDEX integration_product_links_integration_id_external_product_id_index
  ON integration_product_links (integration_id, external_product_id);
CREATE INDEX integration_product_links_supplier_availability_index
  ON integration_product_links USING gin (supplier_availability);

INSERT INTO users (name, email) VALUES ('Anna', 'anna@example.com');
INSERT INTO contractors (id, user_id, name) VALUES (5, 1, 'Acme');
INSERT INTO integrations (id, user_id, name, type) VALUES (6, 1, 'Acme', 'CSV'), (7, 1, 'Shop', 'PRESTASHOP_DB');
INSERT INTO products (user_id, catalog_id, slug, sku, ean, name, purchase_price_net) VALUES
  (1, 9, 'wiertarka', 'ABC-1', '5901234123457', 'Wiertarka', 12.34), (1, NULL, 'mlotek', 'ABC-2', NULL, 'Młotek', NULL);
INSERT INTO integration_product_links
  (integration_id, product_id, catalog_id, sku, matched_by, is_manual, metadata, supplier_availability) VALUES
  (6, 1, 9, 'ABC-1', 'manual', true, '{"last_availability":true,"note":"za\u017c\u00f3\u0142\u0107"}',
   '{"contractor_id": 5, "stock_quantity": 12}'),
  (6, 2, NULL, 'ABC-2', 'sku', false, NULL, '{"contractor_id": 5, "stock_quantity": 0}');
