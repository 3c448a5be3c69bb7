-- every column: `locale` exists from 1.7 on only
SELECT l.*
FROM {prefix}lang l
JOIN {prefix}lang_shop ls ON ls.id_lang = l.id_lang
WHERE ls.id_shop = %(id_shop)s
ORDER BY l.id_lang
