"""Version of the package and of its results."""

__version__ = "0.1.0"
RESULTS_VERSION = "2"
"""Changes whenever a figure changes for some design; the changelog says which."""
