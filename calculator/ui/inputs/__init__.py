"""Widgets and forms that change the design."""
