"""What a file is and what its records say: rows of text, whatever the format; nothing is interpreted here."""
