"""Files made from a sized design: its report, its switchover plan, and the files that deployment scripts read.

Nothing is imported until a file is written, because each format needs libraries of its own.
"""
