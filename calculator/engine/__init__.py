"""Run the rules for one design or many, and say what was found.

`sizing` is the way in for one design, `run` for arrays of many; `results` names what comes out.
"""
