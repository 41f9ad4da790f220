"""Search a space of designs for the cheapest one that keeps the given limits."""
