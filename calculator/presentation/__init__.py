"""How a figure reads: numbers and units as text, chart data, and the generated reference.

Front ends and exporters share it, so that the same figure looks the same everywhere.
"""
