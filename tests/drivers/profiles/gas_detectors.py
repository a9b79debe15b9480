"""Worked examples of the fixed gas detectors that are profiles."""

from tests.drivers.profiles.memory import Case, State

__all__ = ["CASES", "STATES"]

CASES: tuple[Case, ...] = ()
STATES: tuple[State, ...] = ()
