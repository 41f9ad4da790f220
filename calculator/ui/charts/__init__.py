"""Charts: specs built once without data, and the rows of a design they are drawn from."""
