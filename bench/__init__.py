"""Measuring: the scripted model server, the bare relay, and the loads that `make bench` runs."""
