"""Charts of a design as data: bars with their finding, drawn by the app, the report and its workbook alike."""
