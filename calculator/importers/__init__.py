"""Designs from elsewhere: the calculator's workbook, exports of mailboxes, messages and logs."""
