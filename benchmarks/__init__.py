"""`make bench`: how long import and sync take, and how long the same rows take one statement each.

Both sides work on the same private servers, with durable settings, in the same run. docs/benchmarks.md says what the
columns mean.
"""
