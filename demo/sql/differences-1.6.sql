-- What 1.6.1 has otherwise than 8.x: three bytes a character, shorter references, fewer columns and keys.
DROP TABLE `ps_product_attribute_lang`;
ALTER TABLE `ps_product`
  DROP KEY reference_idx, DROP KEY supplier_reference_idx, DROP KEY state,
  DROP COLUMN isbn, DROP COLUMN mpn, DROP COLUMN low_stock_threshold, DROP COLUMN low_stock_alert,
  DROP COLUMN additional_delivery_times, DROP COLUMN state, DROP COLUMN product_type,
  MODIFY reference varchar(32) NULL, MODIFY supplier_reference varchar(32) NULL,
  MODIFY available_date date NOT NULL DEFAULT '0000-00-00';
ALTER TABLE `ps_product_shop` MODIFY available_date date NOT NULL DEFAULT '0000-00-00';
ALTER TABLE `ps_product_lang` DROP COLUMN delivery_in_stock, DROP COLUMN delivery_out_stock;
ALTER TABLE `ps_product_attribute`
  DROP COLUMN isbn, DROP COLUMN mpn, DROP COLUMN low_stock_threshold, DROP COLUMN low_stock_alert,
  ADD quantity int NOT NULL DEFAULT 0,
  ADD location varchar(64) NULL,
  MODIFY reference varchar(32) NULL, MODIFY supplier_reference varchar(32) NULL,
  MODIFY available_date date NOT NULL DEFAULT '0000-00-00';
ALTER TABLE `ps_product_attribute_shop` MODIFY available_date date NOT NULL DEFAULT '0000-00-00';
ALTER TABLE `ps_product_supplier` MODIFY product_supplier_reference varchar(32) NULL;
ALTER TABLE `ps_stock_available`
  DROP COLUMN physical_quantity, DROP COLUMN reserved_quantity, DROP COLUMN location;
ALTER TABLE `ps_lang` DROP COLUMN locale;
ALTER TABLE `ps_currency`
  DROP KEY currency_iso_code, DROP COLUMN `precision`, DROP COLUMN unofficial, DROP COLUMN modified,
  CHANGE numeric_iso_code iso_code_num varchar(3) NOT NULL DEFAULT '0',
  MODIFY name varchar(32) NOT NULL,
  ADD sign varchar(8) NOT NULL DEFAULT '',
  ADD `blank` tinyint(1) unsigned NOT NULL DEFAULT 0,
  ADD format tinyint(1) unsigned NOT NULL DEFAULT 0,
  ADD decimals tinyint(1) unsigned NOT NULL DEFAULT 1;
ALTER TABLE `ps_configuration` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_shop` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_lang` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_currency` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_product` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_product_lang` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_product_attribute` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_attribute_lang` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_supplier` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_product_supplier` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
ALTER TABLE `ps_manufacturer` CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
