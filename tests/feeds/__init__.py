"""Feeds: fetching, reading, judging, looking into them."""
