-- What is written to a shop, row by row, whoever writes it: `soak_audit` says what a row held and what it holds now.
-- A server runs these also where an UPDATE leaves a row as it was: work done twice is seen.
CREATE TABLE soak_audit (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6),
  field VARCHAR(32), id_product INT, id_product_attribute INT, id_lang INT,
  held TEXT CHARACTER SET utf8mb4, holds TEXT CHARACTER SET utf8mb4, KEY (id_product)
);
CREATE TRIGGER soak_flags AFTER UPDATE ON ps_stock_available FOR EACH ROW
  INSERT INTO soak_audit (field, id_product, id_product_attribute, held, holds)
  VALUES ('flag', NEW.id_product, NEW.id_product_attribute,
          CONCAT_WS('/', OLD.out_of_stock, OLD.quantity), CONCAT_WS('/', NEW.out_of_stock, NEW.quantity));
CREATE TRIGGER soak_texts AFTER UPDATE ON ps_product_lang FOR EACH ROW
  INSERT INTO soak_audit (field, id_product, id_lang, held, holds)
  VALUES ('text', NEW.id_product, NEW.id_lang,
          CONCAT_WS('|', COALESCE(OLD.available_now, '-'), COALESCE(OLD.available_later, '-')),
          CONCAT_WS('|', COALESCE(NEW.available_now, '-'), COALESCE(NEW.available_later, '-')));
