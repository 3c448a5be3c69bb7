-- What becomes of rows that somebody else changed, and of what was found before.
-- On the desk: drifted, differing, shop_rows, written, edits (shop_edits of the shop). In: $texts, $flags (of the policy's
-- `manual_edits`), $days, $now, $whole, $with_shop (see Memory). Leaves: judged (drifted, `was`: repaired, kept, contested,
-- with `kept_until`, `times`; `is_known`: an open row of edits says it), ended (open edits that are over, and why), to_write
-- (differing without what stays, and without what is as it shall be and recorded so), staying (products of which something
-- stays).
--
-- The first that holds counts: resting (another program writes it: left alone for a day) before kept (a rule of the policy, where
-- nobody pinned it and the product's flags agree) before contested (the third time within 24 hours) before repaired.

CREATE TABLE open_edits AS
SELECT *, thing(field, id_product_attribute, id_lang) AS thing FROM edits WHERE ended_at IS NULL;

-- Another program writes these: left alone until then, whatever stands there meanwhile.
CREATE TABLE resting AS
SELECT DISTINCT id_product, thing FROM open_edits WHERE was = 'contested' AND kept_until > $now::TIMESTAMP;

-- When each was put right within 24 hours.
CREATE TABLE put_right AS
SELECT id_product, thing(field, id_product_attribute, id_lang) AS thing, list(DISTINCT found_at ORDER BY found_at) AS times
FROM edits WHERE was = 'repaired' AND found_at > $now::TIMESTAMP - INTERVAL 24 HOURS GROUP BY ALL;

-- Flags of a product that disagree let a size be put in the cart that the checkout refuses: such ones are not kept. Rows of
-- combinations that are no more don't count.
CREATE TABLE disagreeing AS
SELECT s.id_product, 'flag' AS thing
FROM shop_rows s SEMI JOIN drifted USING (id_product)
WHERE s.field = 'out_of_stock' AND (
  EXISTS (FROM written r WHERE r.id_product = s.id_product AND r.id_product_attribute = s.id_product_attribute AND r.field = s.field)
  OR EXISTS (FROM differing d WHERE d.id_product = s.id_product AND d.id_product_attribute = s.id_product_attribute AND d.field = s.field))
GROUP BY s.id_product HAVING count(DISTINCT s.value) > 1;

CREATE TABLE things AS
SELECT d.id_product, d.thing, CASE WHEN d.thing = 'flag' THEN $flags ELSE $texts END AS rule,
       bool_or(d.wanted IS DISTINCT FROM d.ours) AS is_moved,
       -- a person's word with a reason, in our own records, beats what somebody set in the shop
       d.thing = 'flag' AND bool_or(d.reason_code IN ('pinned_on', 'pinned_off')) AS is_pinned,
       min(e.found_at) AS found_at,  -- NULL: it is found now
       coalesce(min(e.found_at), $now::TIMESTAMP) + to_days($days::INTEGER) AS until
FROM drifted d LEFT JOIN open_edits e
  ON e.id_product = d.id_product AND e.id_product_attribute = d.id_product_attribute AND e.id_lang = d.id_lang
 AND e.field = d.field AND e.was = 'kept' AND e.found IS NOT DISTINCT FROM d.found
GROUP BY d.id_product, d.thing;

CREATE TABLE judged_things AS
SELECT t.*, p.times, g.id_product IS NOT NULL AS disagree,
       CASE WHEN r.id_product IS NOT NULL THEN 'resting'
            WHEN NOT disagree AND NOT is_pinned AND ((rule = 'until_decision_changes' AND NOT is_moved)
                                                     OR (rule = 'for_days' AND until > $now::TIMESTAMP)) THEN 'kept'
            -- this is the third time
            WHEN len(p.times) >= 2 THEN 'contested' ELSE 'repaired' END AS was
FROM things t
LEFT JOIN resting r USING (id_product, thing)
LEFT JOIN disagreeing g USING (id_product, thing)
LEFT JOIN put_right p USING (id_product, thing);

CREATE TABLE judged AS
WITH told AS (
  SELECT d.*, t.was, t.disagree,
         CASE WHEN t.was = 'kept' THEN coalesce(t.found_at, $now::TIMESTAMP) ELSE $now::TIMESTAMP END AS found_at,
         CASE WHEN t.was = 'contested' THEN $now::TIMESTAMP + INTERVAL 24 HOURS
              WHEN t.was = 'kept' AND t.rule = 'for_days' THEN t.until END AS kept_until,
         list_append(coalesce(t.times, []), $now::TIMESTAMP) AS times
  FROM drifted d JOIN judged_things t USING (id_product, thing)
)
SELECT t.* REPLACE (coalesce(t.kept_until, CASE WHEN t.was = 'resting' THEN e.kept_until END) AS kept_until),
       e.id_product IS NOT NULL AS is_known
FROM told t LEFT JOIN open_edits e
  ON e.id_product = t.id_product AND e.id_product_attribute = t.id_product_attribute AND e.id_lang = t.id_lang
 AND e.field = t.field AND (t.was = 'resting' AND e.was = 'contested' OR t.was = 'kept' AND e.was = 'kept'
 AND e.found IS NOT DISTINCT FROM t.found AND e.kept_until IS NOT DISTINCT FROM t.kept_until);

-- A row that stays as it is, and with a flag all of the product's.
CREATE TABLE staying AS
SELECT id_product, thing FROM judged_things WHERE was <> 'repaired'
UNION SELECT id_product, thing FROM resting;

CREATE TABLE ended AS
WITH looked AS (
  SELECT DISTINCT id_product, thing(field, id_product_attribute, coalesce(id_lang, 0)) AS thing FROM differing
)
SELECT e.* EXCLUDE (ended_at),
       CASE WHEN l.id_product IS NULL THEN 'not_ours'
            WHEN t.was IS NULL THEN 'gone'
            WHEN t.was <> 'repaired' THEN 'replaced'
            WHEN e.kept_until <= $now::TIMESTAMP THEN 'over'
            WHEN t.disagree THEN 'flags_disagree'
            WHEN t.is_pinned THEN 'pinned'
            WHEN t.is_moved THEN 'decision_changed' ELSE 'policy_changed' END AS why
FROM open_edits e
LEFT JOIN looked l USING (id_product, thing)
LEFT JOIN judged_things t USING (id_product, thing)
WHERE (l.id_product IS NOT NULL
       -- what is kept until a decision changes ends where there is none: a sync that looked at every row knows that
       OR ($whole AND (e.kept_until <= $now::TIMESTAMP OR (e.kept_until IS NULL AND $with_shop))))
  AND (e.id_product, e.thing) NOT IN (SELECT (id_product, thing) FROM resting)
  AND NOT EXISTS (
    FROM judged j WHERE j.is_known AND j.id_product = e.id_product AND j.id_product_attribute = e.id_product_attribute
      AND j.id_lang = e.id_lang AND j.field = e.field);

CREATE TABLE to_write AS
SELECT d.* FROM differing d
LEFT JOIN shop_rows s
  ON s.id_product = d.id_product AND s.id_product_attribute = d.id_product_attribute AND s.field = d.field
 AND coalesce(s.id_lang, 0) = coalesce(d.id_lang, 0)
LEFT JOIN written r
  ON r.id_product = d.id_product AND r.id_product_attribute = d.id_product_attribute AND r.field = d.field
 AND r.id_lang = coalesce(d.id_lang, 0)
WHERE NOT EXISTS (
    FROM staying k WHERE k.id_product = d.id_product
      AND k.thing = thing(d.field, d.id_product_attribute, coalesce(d.id_lang, 0)))
  AND (d.field = 'quantity' OR s.id_product IS NULL OR r.id_product IS NULL
       OR s.value IS DISTINCT FROM d.value OR r.value IS DISTINCT FROM d.value);
