"""Content of each chart of a design, independent of what draws it.

`base` has the kinds of charts; `mailbox`, `servers` and `copies` describe one chart per function.
"""
