"""The command line: `main` runs it, `printing` writes its output, and each other module holds one family of commands.

Adding a command takes one function: `add_commands` of its module registers the parser and the handler.
"""
