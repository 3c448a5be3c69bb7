"""The work: one room a station on the data's way, plain Python and SQL behind thin task doors."""
