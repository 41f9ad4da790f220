"""Hostile inputs without end: generators for everything that the program reads, and a runner that reports.

``make fuzz`` runs every area, ``make fuzz MINUTES=60`` for an hour; ``python -m tests.fuzz --help`` lists the options.
The same seed, area and number always give the same input, so that a finding can be repeated.
"""
