"""Write the report of a design as an HTML page, a workbook or Markdown.

`write` has the functions for other rooms; `record` collects the content, and one module per format writes it.
"""
