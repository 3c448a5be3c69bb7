-- What 9.x has otherwise than 8.x: longer EANs.
ALTER TABLE `ps_product` MODIFY ean13 varchar(20) NULL;
ALTER TABLE `ps_product_attribute` MODIFY ean13 varchar(20) NULL;
