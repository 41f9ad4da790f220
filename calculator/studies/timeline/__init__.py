"""When a design fills up, month by month, and what to buy for it."""
