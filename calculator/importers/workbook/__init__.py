"""Read designs from Microsoft's workbook and compare its results with ours."""
