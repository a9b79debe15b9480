"""Conditions of rules: which side of its limit a reading is on. Delays and states are the alarm's."""

from agent.pipeline.conditions.above import Above
from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Condition, Seen

__all__ = ["BETWEEN", "HIGH", "LOW", "Above", "Condition", "Seen"]
