"""Follow a design that stays as it was built: month by month while its load grows, or day by day through an outage.

`timeline` finds when each limit is reached and what to buy then; `simulate_outage` finds when a volume fills with logs.
"""

from calculator.studies.timeline.growth import Growth, read_growth
from calculator.studies.timeline.outage import Outage, simulate_outage
from calculator.studies.timeline.pst_imports import Wave, read_waves
from calculator.studies.timeline.run import Timeline, timeline

__all__ = ["Growth", "Outage", "Timeline", "Wave", "read_growth", "read_waves", "simulate_outage", "timeline"]
