"""Tabs of the page Review."""
