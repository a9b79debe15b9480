"""Whether a recording was taken at the intervals of the station file.

How much is due in a window follows from them: a recording of minutes, in a station of seconds, would have not
one valid average.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

from agent.config.model import StationFile
from agent.config.values import span
from agent.pipeline.build import rules_of
from tools.replay.recording import Plain

__all__ = ["mismatch"]

STEPS_MIN = 3  # fewer tell nothing
EVERY_PER_MILLE = (900, 1100)
CYCLE_PER_MILLE = (
    500,
    1300,
)  # back to back, the plan's turnaround is an assumption; up to there 75 % can be met


def mismatch(rows: Iterable[Plain], station: StationFile) -> tuple[str, str]:
    """What does not fit, and what to do about it; two empty texts where all fits.

    Steps to a sample with flag B are left out: of an instrument that is silent there is one a minute.
    """
    intervals_ms = {channel: rule.interval_ms for channel, rule in rules_of(station).items()}
    last: dict[str, int] = {}
    per_mille: dict[str, Counter[int]] = {channel: Counter() for channel in intervals_ms}
    for t, _, channel, _, flag, _, _ in rows:
        if flag != "B" and channel in last:
            per_mille[channel][round((t - last[channel]) * 1000 / intervals_ms[channel])] += 1
        last[channel] = t
    back_to_back = {each.id for each in station.instruments if not each.every_ms}
    for known in station.channels:
        steps = per_mille[known.id]
        if steps.total() < STEPS_MIN:
            continue
        low, high = CYCLE_PER_MILLE if known.instrument in back_to_back else EVERY_PER_MILLE
        median = _median(steps)
        if not low <= median <= high:
            return _said(known.id, known.instrument, median, intervals_ms[known.id])
    return "", ""


def _median(steps: "Counter[int]") -> int:
    ordered = sorted(steps.items())
    half = (steps.total() + 1) // 2
    sums = accumulate(count for _, count in ordered)
    return next(step for (step, _), so_far in zip(ordered, sums, strict=True) if so_far >= half)


def _said(channel: str, instrument: str, per_mille: int, interval_ms: float) -> tuple[str, str]:
    if not per_mille:
        return f"most samples of {channel} have the time of another one", "does it hold the same rows twice?"
    step_ms = per_mille * interval_ms / 1000
    what = f"a sample of {channel} each {_span(step_ms)}; the station file has {_span(interval_ms)}"
    if per_mille == 1:
        return what, "are its times in seconds? they have to be in milliseconds"
    return what, f'for a replay of it, give {instrument} every = "{_span(step_ms)}" in a copy of the file'


def _span(ms: float) -> str:
    """Rounded to what a person can compare."""
    return span(round(ms) if ms < 10_000 else round(ms / 1000) * 1000)
