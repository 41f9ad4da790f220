"""``python -m calculator``."""

from calculator.cli import run

if __name__ == "__main__":
    run()
