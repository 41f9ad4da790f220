"""Versions that files and reports name: of the package, and of the results that it computes."""

from calculator._version import RESULTS_VERSION, __version__

PACKAGE_VERSION = __version__

__all__ = ["PACKAGE_VERSION", "RESULTS_VERSION"]
