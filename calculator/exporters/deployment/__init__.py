"""The CSV files that Microsoft's deployment scripts read."""
