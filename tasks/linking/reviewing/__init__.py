"""What a person decides about a supplier's offers: what is asked, and what becomes of the answers."""
