"""Write files about a sized design: its report, its switchover plan, and the files that deployment scripts read.

Modules are imported only when a file is written, because each format needs its own libraries.
"""
