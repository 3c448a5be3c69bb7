"""Where a feed comes from: fetched whole or not at all, within limits, with its secrets kept."""
