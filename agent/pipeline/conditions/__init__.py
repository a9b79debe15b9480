"""Conditions of rules: which side of its limit a reading is on. Delays and states are the alarm's."""

from agent.pipeline.conditions.background import AboveOthers, AboveOwnLowest
from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Condition, Seen
from agent.pipeline.conditions.deviation import Deviation
from agent.pipeline.conditions.flat import Flat
from agent.pipeline.conditions.group import Group
from agent.pipeline.conditions.no_data import NoData
from agent.pipeline.conditions.per_day import PerDay
from agent.pipeline.conditions.phases import Phase, Running, Shift
from agent.pipeline.conditions.rate import Rate
from agent.pipeline.conditions.reads import PART_OVER_RANGE
from agent.pipeline.conditions.value import Above, Below
from agent.pipeline.conditions.wind import DownwindLessUpwind, Wind

__all__ = [
    "BETWEEN",
    "HIGH",
    "LOW",
    "PART_OVER_RANGE",
    "Above",
    "AboveOthers",
    "AboveOwnLowest",
    "Below",
    "Comparison",
    "Condition",
    "Deviation",
    "DownwindLessUpwind",
    "Flat",
    "Group",
    "NoData",
    "PerDay",
    "Phase",
    "Rate",
    "Running",
    "Seen",
    "Shift",
    "Wind",
]
