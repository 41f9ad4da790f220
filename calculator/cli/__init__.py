"""Implement the command line: `main` runs it, `printing` writes output, each other module has a family of commands.

Adding a command takes one function: `add_commands` of its module registers the parser and the handler.
"""
