"""Why a product can or can't be ordered, as the summary of a sync says it."""

from __future__ import annotations

REASONS = {
    "enough_stock": "can be ordered: a supplier has enough",
    "available": "can be ordered: the supplier says so, without a number",
    "pinned_on": "can be ordered: a person said so",
    "pinned_off": "a person switched it off",
    "below_threshold": "no supplier has as many as the threshold asks for",
    "below_minimal_quantity": "the supplier has fewer than a customer must order at least",
    "own_stock_only": "by an exception it is sold from your own stock only",
    "below_margin": "the shop's price is below the purchase price and the least margin",
    "not_available": "the supplier says that it is not available",
    "not_confirmed": "its feed has not had it for as long as the policy allows",
    "no_offer": "no supplier offers it any more",
    "combination_missing": "not every combination can be had, and the policy asks for all",
    "no_stock_given": "the supplier gives neither a number nor a word",
}
