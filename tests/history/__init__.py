"""The past as it was recorded, read and drawn."""
