"""Draw the tabs of the page Review: variants, changes, failures and studies.

Each tab has a function ``tab``; each study of the tab Studies has a function ``draw``.
"""
