"""Search a space of designs for the best one: combinations of inputs and hardware, within limits, at your own prices.

`search` finds the best design of any space; `find_fewest_servers` finds the fewest servers with which a design works.
"""

from calculator.studies.search.fewest_servers import Trial, find_fewest_servers
from calculator.studies.search.read import read_space
from calculator.studies.search.run import FeasibleDesign, Reason, SearchResult, search
from calculator.studies.search.space import Dimension, Space

__all__ = [
    "Dimension",
    "FeasibleDesign",
    "Reason",
    "SearchResult",
    "Space",
    "Trial",
    "find_fewest_servers",
    "read_space",
    "search",
]
