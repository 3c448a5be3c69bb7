-- Whether an offer is enough to be ordered, by the shop's threshold. No quantity: the supplier's yes is enough, his
-- silence is not; his no stands against any quantity.
CREATE OR REPLACE MACRO can_be_ordered(stock_quantity, is_available, threshold) AS
  coalesce(is_available, true) AND coalesce(stock_quantity >= threshold, is_available, false);
