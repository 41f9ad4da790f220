"""The tabs of the Review page."""
