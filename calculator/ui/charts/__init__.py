"""Charts on the page: descriptions, and the Vega-Lite specs that draw them.

`drawing` has one function per kind of chart.  Charts of a design are described in the room `presentation`; the other
modules here describe charts of studies and imports.
"""
