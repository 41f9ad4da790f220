"""Run the rules for one design or for many designs, and report the issues.

Call `sizing` for one design and `run` for arrays of many designs; `results` defines what both return.
"""
