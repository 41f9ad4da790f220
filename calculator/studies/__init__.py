"""Questions that take many designs: what a change does, how designs differ, how few servers do."""
