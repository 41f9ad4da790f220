"""The command line: `main` holds the parser, and each other module one family of commands."""
