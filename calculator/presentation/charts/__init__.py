"""Data of the charts, before anything draws them."""
