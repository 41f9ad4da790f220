"""Designs from elsewhere: the calculator's workbook."""
