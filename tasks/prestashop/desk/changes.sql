-- A change set in the order it is applied, cut into windows of whole products. On the desk: changes.
-- Leaves: ordered_changes, windows (first, last product), kinds_of_change (one change of each kind that a shop may not
-- be able to hold: a text in a language, a flag, a quantity).

CREATE TABLE ordered_changes AS
SELECT id_product, id_product_attribute, id_lang, field, before, after
FROM changes
ORDER BY id_product, id_product_attribute, id_lang NULLS LAST, field;

CREATE TABLE windows AS
WITH products AS (
  SELECT id_product, (row_number() OVER (ORDER BY id_product) - 1) // $window AS number
  FROM (SELECT DISTINCT id_product FROM ordered_changes)
)
SELECT min(id_product) AS first, max(id_product) AS last FROM products GROUP BY number;

-- A key that is there twice is one of them as well, as often as it is there.
CREATE TABLE kinds_of_change AS
SELECT DISTINCT ON (id_product_attribute = 0, id_lang, field, after) *
FROM ordered_changes
UNION ALL
SELECT * FROM ordered_changes
QUALIFY count(*) OVER (PARTITION BY id_product, id_product_attribute, id_lang, field) > 1;
