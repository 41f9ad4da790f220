"""Earlier path of `calculator.Sizer`, kept for programs that import it from here."""

from calculator.batch.sizer import Sizer

__all__ = ["Sizer"]
