-- Products of which something stands again as it was. On the desk: outcomes, done. Leaves: put_back (id_product).
CREATE TABLE put_back AS
SELECT id_product FROM outcomes WHERE outcome IN ('written', 'already') UNION SELECT id_product FROM done;
