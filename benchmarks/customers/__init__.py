"""Customers who order while a sync writes: how long they wait, and that nothing they did is lost."""
