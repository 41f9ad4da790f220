"""Version of the package and of its results."""

__version__ = "0.2.0"
RESULTS_VERSION = "3"
"""Changes whenever a figure changes for some design; the changelog says which."""
