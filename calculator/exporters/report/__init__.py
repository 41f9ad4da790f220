"""The document of a design as HTML, a workbook or Markdown."""
