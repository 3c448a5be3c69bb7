"""The feeds' half of `make bench`: our reader beside other libraries, each in a process of its own, on the same files.

docs/benchmarks.md says what each of them does.
"""
