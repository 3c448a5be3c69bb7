"""Whether a readable feed is believed, and how the feed is doing."""
