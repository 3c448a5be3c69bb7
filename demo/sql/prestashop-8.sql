-- The catalogue tables of a PrestaShop 8.1 or 8.2 shop: what a sync reads and writes, and what stands next to it.
-- `ps_` is replaced by the shop's prefix. Other versions: the same, then differences-VERSION.sql.
CREATE TABLE `ps_configuration` (
  id_configuration int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_shop_group int unsigned NULL,
  id_shop int unsigned NULL,
  name varchar(254) NOT NULL,
  value mediumtext NULL,
  date_add datetime NOT NULL,
  date_upd datetime NOT NULL,
  KEY name (name), KEY id_shop (id_shop), KEY id_shop_group (id_shop_group)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_shop_group` (
  id_shop_group int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(64) NOT NULL,
  share_customer tinyint(1) NOT NULL,
  share_order tinyint(1) NOT NULL,
  share_stock tinyint(1) NOT NULL,
  active tinyint(1) NOT NULL,
  deleted tinyint(1) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `ps_shop` (
  id_shop int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_shop_group int NOT NULL,
  name varchar(64) NOT NULL,
  id_category int NOT NULL,
  theme_name varchar(255) NOT NULL,
  active tinyint(1) NOT NULL,
  deleted tinyint(1) NOT NULL,
  KEY id_shop_group (id_shop_group)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `ps_shop_url` (
  id_shop_url int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_shop int NOT NULL,
  domain varchar(150) NOT NULL,
  domain_ssl varchar(150) NOT NULL,
  physical_uri varchar(64) NOT NULL,
  virtual_uri varchar(64) NOT NULL,
  main tinyint(1) NOT NULL,
  active tinyint(1) NOT NULL,
  KEY id_shop (id_shop)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_lang` (
  id_lang int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(32) NOT NULL,
  active tinyint(1) NOT NULL,
  iso_code varchar(2) NOT NULL,
  language_code varchar(5) NOT NULL,
  locale varchar(5) NOT NULL,
  date_format_lite varchar(32) NOT NULL DEFAULT 'Y-m-d',
  date_format_full varchar(32) NOT NULL DEFAULT 'Y-m-d H:i:s',
  is_rtl tinyint(1) NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `ps_lang_shop` (
  id_lang int NOT NULL,
  id_shop int NOT NULL,
  PRIMARY KEY (id_lang, id_shop)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `ps_currency` (
  id_currency int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(64) NOT NULL,
  iso_code varchar(3) NOT NULL DEFAULT '0',
  numeric_iso_code varchar(3) NULL,
  `precision` int NOT NULL DEFAULT 6,
  conversion_rate decimal(13,6) NOT NULL,
  deleted tinyint(1) unsigned NOT NULL DEFAULT 0,
  active tinyint(1) unsigned NOT NULL DEFAULT 1,
  unofficial tinyint(1) unsigned NOT NULL DEFAULT 0,
  modified tinyint(1) unsigned NOT NULL DEFAULT 0,
  KEY currency_iso_code (iso_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product` (
  id_product int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_supplier int unsigned NULL,
  id_manufacturer int unsigned NULL,
  id_category_default int unsigned NULL,
  id_shop_default int unsigned NOT NULL DEFAULT 1,
  id_tax_rules_group int unsigned NOT NULL,
  ean13 varchar(13) NULL,
  isbn varchar(32) NULL,
  upc varchar(12) NULL,
  mpn varchar(40) NULL,
  quantity int NOT NULL DEFAULT 0,
  minimal_quantity int unsigned NOT NULL DEFAULT 1,
  low_stock_threshold int NULL,
  low_stock_alert tinyint(1) NOT NULL DEFAULT 0,
  price decimal(20,6) NOT NULL DEFAULT 0,
  wholesale_price decimal(20,6) NOT NULL DEFAULT 0,
  reference varchar(64) NULL,
  supplier_reference varchar(64) NULL,
  location varchar(255) NOT NULL DEFAULT '',
  weight decimal(20,6) NOT NULL DEFAULT 0,
  out_of_stock int unsigned NOT NULL DEFAULT 2,
  additional_delivery_times tinyint(1) unsigned NOT NULL DEFAULT 1,
  active tinyint(1) unsigned NOT NULL DEFAULT 0,
  available_for_order tinyint(1) NOT NULL DEFAULT 1,
  available_date date NULL,
  show_price tinyint(1) NOT NULL DEFAULT 1,
  visibility enum('both','catalog','search','none') NOT NULL DEFAULT 'both',
  cache_is_pack tinyint(1) NOT NULL DEFAULT 0,
  is_virtual tinyint(1) NOT NULL DEFAULT 0,
  cache_default_attribute int unsigned NULL,
  date_add datetime NOT NULL,
  date_upd datetime NOT NULL,
  advanced_stock_management tinyint(1) NOT NULL DEFAULT 0,
  pack_stock_type int unsigned NOT NULL DEFAULT 3,
  state int unsigned NOT NULL DEFAULT 1,
  product_type enum('standard','pack','virtual','combinations','') NOT NULL DEFAULT '',
  KEY reference_idx (reference), KEY supplier_reference_idx (supplier_reference),
  KEY product_supplier (id_supplier), KEY product_manufacturer (id_manufacturer, id_product),
  KEY date_add (date_add), KEY state (state, date_upd)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_shop` (
  id_product int unsigned NOT NULL,
  id_shop int unsigned NOT NULL,
  id_category_default int unsigned NULL,
  id_tax_rules_group int unsigned NOT NULL,
  minimal_quantity int unsigned NOT NULL DEFAULT 1,
  price decimal(20,6) NOT NULL DEFAULT 0,
  wholesale_price decimal(20,6) NOT NULL DEFAULT 0,
  active tinyint(1) unsigned NOT NULL DEFAULT 0,
  available_for_order tinyint(1) NOT NULL DEFAULT 1,
  available_date date NULL,
  show_price tinyint(1) NOT NULL DEFAULT 1,
  visibility enum('both','catalog','search','none') NOT NULL DEFAULT 'both',
  cache_default_attribute int unsigned NULL,
  advanced_stock_management tinyint(1) NOT NULL DEFAULT 0,
  date_add datetime NOT NULL,
  date_upd datetime NOT NULL,
  pack_stock_type int unsigned NOT NULL DEFAULT 3,
  PRIMARY KEY (id_product, id_shop),
  KEY date_add (date_add, active, visibility)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_lang` (
  id_product int unsigned NOT NULL,
  id_shop int unsigned NOT NULL DEFAULT 1,
  id_lang int unsigned NOT NULL,
  description mediumtext NULL,
  description_short mediumtext NULL,
  link_rewrite varchar(128) NOT NULL,
  meta_title varchar(128) NULL,
  name varchar(128) NOT NULL,
  available_now varchar(255) NULL,
  available_later varchar(255) NULL,
  delivery_in_stock varchar(255) NULL,
  delivery_out_stock varchar(255) NULL,
  PRIMARY KEY (id_product, id_shop, id_lang),
  KEY id_lang (id_lang), KEY name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_attribute` (
  id_product_attribute int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_product int unsigned NOT NULL,
  reference varchar(64) NULL,
  supplier_reference varchar(64) NULL,
  ean13 varchar(13) NULL,
  isbn varchar(32) NULL,
  upc varchar(12) NULL,
  mpn varchar(40) NULL,
  wholesale_price decimal(20,6) NOT NULL DEFAULT 0,
  price decimal(20,6) NOT NULL DEFAULT 0,
  weight decimal(20,6) NOT NULL DEFAULT 0,
  default_on tinyint(1) unsigned NULL,
  minimal_quantity int unsigned NOT NULL DEFAULT 1,
  low_stock_threshold int NULL,
  low_stock_alert tinyint(1) NOT NULL DEFAULT 0,
  available_date date NULL,
  UNIQUE KEY product_default (id_product, default_on),
  KEY product_attribute_product (id_product), KEY reference (reference)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_attribute_shop` (
  id_product int unsigned NOT NULL,
  id_product_attribute int unsigned NOT NULL,
  id_shop int unsigned NOT NULL,
  wholesale_price decimal(20,6) NOT NULL DEFAULT 0,
  price decimal(20,6) NOT NULL DEFAULT 0,
  weight decimal(20,6) NOT NULL DEFAULT 0,
  default_on tinyint(1) unsigned NULL,
  minimal_quantity int unsigned NOT NULL DEFAULT 1,
  available_date date NULL,
  PRIMARY KEY (id_product_attribute, id_shop),
  UNIQUE KEY id_product (id_product, id_shop, default_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_attribute_lang` (
  id_product_attribute int unsigned NOT NULL,
  id_lang int unsigned NOT NULL,
  available_now varchar(255) NULL,
  available_later varchar(255) NULL,
  PRIMARY KEY (id_product_attribute, id_lang)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_attribute_combination` (
  id_attribute int unsigned NOT NULL,
  id_product_attribute int unsigned NOT NULL,
  PRIMARY KEY (id_attribute, id_product_attribute),
  KEY id_product_attribute (id_product_attribute)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_attribute_lang` (
  id_attribute int NOT NULL,
  id_lang int NOT NULL,
  name varchar(128) NOT NULL,
  PRIMARY KEY (id_attribute, id_lang)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `ps_stock_available` (
  id_stock_available int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_product int unsigned NOT NULL,
  id_product_attribute int unsigned NOT NULL,
  id_shop int unsigned NOT NULL,
  id_shop_group int unsigned NOT NULL,
  quantity int NOT NULL DEFAULT 0,
  physical_quantity int NOT NULL DEFAULT 0,
  reserved_quantity int NOT NULL DEFAULT 0,
  depends_on_stock tinyint(1) unsigned NOT NULL DEFAULT 0,
  out_of_stock tinyint(1) unsigned NOT NULL DEFAULT 0,
  location varchar(255) NOT NULL DEFAULT '',
  UNIQUE KEY product_sqlstock (id_product, id_product_attribute, id_shop, id_shop_group),
  KEY id_shop (id_shop), KEY id_shop_group (id_shop_group),
  KEY id_product (id_product), KEY id_product_attribute (id_product_attribute)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_supplier` (
  id_supplier int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(64) NOT NULL,
  date_add datetime NOT NULL,
  date_upd datetime NOT NULL,
  active tinyint(1) NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_product_supplier` (
  id_product_supplier int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id_product int unsigned NOT NULL,
  id_product_attribute int unsigned NOT NULL DEFAULT 0,
  id_supplier int unsigned NOT NULL,
  product_supplier_reference varchar(64) NULL,
  product_supplier_price_te decimal(20,6) NOT NULL DEFAULT 0,
  id_currency int unsigned NOT NULL,
  UNIQUE KEY id_product (id_product, id_product_attribute, id_supplier),
  KEY id_supplier (id_supplier, id_product)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_manufacturer` (
  id_manufacturer int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(64) NOT NULL,
  date_add datetime NOT NULL,
  date_upd datetime NOT NULL,
  active tinyint(1) NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `ps_pack` (
  id_product_pack int unsigned NOT NULL,
  id_product_item int unsigned NOT NULL,
  id_product_attribute_item int unsigned NOT NULL,
  quantity int unsigned NOT NULL DEFAULT 1,
  PRIMARY KEY (id_product_pack, id_product_item, id_product_attribute_item),
  KEY product_item (id_product_item, id_product_attribute_item)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
