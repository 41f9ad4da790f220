"""Version of the package and version of its results, which files and reports name."""

from calculator._version import RESULTS_VERSION, __version__

PACKAGE_VERSION = __version__

__all__ = ["PACKAGE_VERSION", "RESULTS_VERSION"]
