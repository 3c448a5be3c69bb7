-- Exceptions of the policy that name nothing of this shop. On the desk: exceptions, named_exceptions, items, links.
SELECT coalesce(e.product, e.brand, e.supplier::VARCHAR) AS name
FROM exceptions e
WHERE (e.product IS NOT NULL AND e.place NOT IN (SELECT place FROM named_exceptions))
   OR (e.brand IS NOT NULL AND upper(e.brand) NOT IN (SELECT upper(trim(brand)) FROM items WHERE brand IS NOT NULL))
   OR (e.supplier IS NOT NULL AND e.supplier NOT IN (SELECT integration_id FROM links))
ORDER BY 1
