"""Files made from a sized design: its report, and the deployment files that Microsoft's scripts and ExchangeDsc read.

Nothing is imported until a file is written, because each format needs libraries of its own.
"""
