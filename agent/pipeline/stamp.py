"""Samples become Readings: channel id, the UTC of the answer's last byte, whether it is trusted."""

from collections.abc import Iterable

from drivers.sample import Sample
from hal.clock import Clock
from store.rows import Reading

__all__ = ["stamped"]


def stamped(instrument: str, samples: Iterable[Sample], at: float, clock: Clock) -> list[Reading]:
    """Readings of one answer. at: loop seconds of its last byte."""
    t, trusted, mono = clock.utc_at(at), clock.utc_trusted(), round(at * 1000)
    return [
        Reading(f"{instrument}.{s.channel}", t, mono, trusted, s.value, None, s.flag, s.conditions)
        for s in samples
    ]
