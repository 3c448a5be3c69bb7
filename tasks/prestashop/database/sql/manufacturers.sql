-- the few makers of a shop, whatever they make
SELECT id_manufacturer, name FROM {prefix}manufacturer WHERE name <> ''
