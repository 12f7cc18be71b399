"""Collects hidden suites with pytest, once, and runs their checks against many submissions.

`session.collected` gives a `Suite`; `Suite.run` runs one check against one submission and tells how it ended.
"""
