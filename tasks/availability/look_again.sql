-- Products all of whose flags and texts are looked at once more, whatever our record says of them.
-- On the desk: wanted, edits (shop_edits of the shop), unfinished (changes that a crash cut short).
-- In: $now, $with_shop (each row of the shop was compared). Adds to: differing.
CREATE TABLE again AS
SELECT id_product FROM unfinished
UNION
SELECT id_product FROM edits
WHERE ended_at IS NULL
  AND (kept_until <= $now::TIMESTAMP OR $with_shop
       -- all flags of a product go together, also one that is new
       OR (field = 'out_of_stock' AND id_product IN (SELECT id_product FROM differing WHERE field = 'out_of_stock'))
       -- a pin is to be written by the next sync, and a kept flag stands in its way
       OR (field = 'out_of_stock' AND was = 'kept'
           AND id_product IN (SELECT id_product FROM wanted WHERE reason_code IN ('pinned_on', 'pinned_off'))));

INSERT INTO differing
SELECT w.* FROM wanted w SEMI JOIN again USING (id_product)
WHERE w.field <> 'quantity'
  AND NOT EXISTS (
    FROM differing d WHERE d.id_product = w.id_product AND d.id_product_attribute = w.id_product_attribute
      AND d.field = w.field AND coalesce(d.id_lang, 0) = coalesce(w.id_lang, 0));
