"""Manage the state of a browser session: the design, its history, links, navigation, fragments and jobs.

`store` holds the state and gives access to the values of widgets; `state` changes the design.
"""
