"""What the texts of a row mean: offers, and rejects with their reasons."""
