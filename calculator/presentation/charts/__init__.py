"""What each chart of a design shows, before anything draws it.

`base` holds the kinds of charts; `mailbox`, `servers` and `copies` describe one chart per function.
"""
