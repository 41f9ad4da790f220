"""Draw widgets, forms and imports that change the design.

`widgets` makes the widget of an input from its declaration; `forms` arranges them on the pages.
"""
