"""Describe charts, and draw them on the page with Vega-Lite specs.

`drawing` has one function per kind of chart.  Charts of a design are described in the room `presentation`; the other
modules here describe charts of studies and imports.
"""
