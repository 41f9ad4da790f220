"""Text files, numbers, sizes and times as Exchange and PowerShell write them."""
