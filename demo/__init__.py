"""A synthetic shop, its suppliers' feeds and private servers, for demo, tests and benchmarks."""
