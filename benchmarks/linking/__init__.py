"""How right linking is, and how fast: offers with known answers against a catalogue, with the dirt of real feeds."""
