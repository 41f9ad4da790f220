"""``python -m calculator``."""

from calculator.cli.main import run

if __name__ == "__main__":
    run()
