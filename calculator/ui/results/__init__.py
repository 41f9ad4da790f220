"""Panels and figures that show what the design needs."""
