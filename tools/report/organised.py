"""The 95 % rule of organised outlets: in each month at least 95 % of the hours are within the limits.

What "the hours" are, the policy leaves open; so both are told (decision 0045): of the hours with a valid
value, and of the hours of operation. An hour is

| idle     | its operating channel says so, with a valid hour: it counts nowhere |
| over     | a valid hour mean of any factor is above its limit |
| within   | those of all factors are valid, and none is above |
| unjudged | neither: it is missing in the first count, and counts against the outlet in the second |

Where the operating channel itself has no valid hour the outlet counts as operating.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agent.config.outlet_model import FactorSettings, Operating, OutletSettings
from store.averages import Average
from tools.report.hours import Hours, Peak, has_over_range, is_valid, peak
from tools.report.month import Month

__all__ = ["MISSING", "PERCENT", "Counts", "FactorReport", "OutletReport", "outlet_report"]

PERCENT = 95
MISSING = "missing"  # there is no hour at all
NO_OPERATING = "the station file does not say when it operates: [[outlet]] operating"


class Counts(NamedTuple):
    """Hours. counted: those that are not idle; operates: whether these are the hours of operation."""

    counted: int
    valid: int
    within: int
    operates: bool

    @property
    def over(self) -> int:
        return self.valid - self.within

    @property
    def capture(self) -> float | None:
        """Share of the hours that have a valid value; None where there are no hours, here and below."""
        return _share(self.valid, self.counted)

    @property
    def of_valid(self) -> float | None:
        """Share of the valid hours that is within the limits."""
        return _share(self.within, self.valid)

    @property
    def of_operating(self) -> float | None:
        """Share of the hours of operation; None where nobody says which these are."""
        return _share(self.within, self.counted) if self.operates else None

    @property
    def met_of_valid(self) -> bool | None:
        return _met(self.within, self.valid)

    @property
    def met_of_operating(self) -> bool | None:
        return _met(self.within, self.counted) if self.operates else None


class FactorReport(NamedTuple):
    """not_valid: hours by flag, or MISSING. over_range: hours from which readings over range were left out.
    highest: the largest valid mean."""

    settings: FactorSettings
    counts: Counts
    not_valid: dict[str, int]
    over_range: int
    highest: Peak | None


class OutletReport(NamedTuple):
    """idle, unknown: hours, None without `operating`; unknown: counted as of operation."""

    settings: OutletSettings
    counts: Counts
    idle: int | None
    unknown: int | None
    factors: tuple[FactorReport, ...]

    @property
    def reason(self) -> str | None:
        """Why there is no share of the hours of operation."""
        return None if self.settings.operating else NO_OPERATING


def outlet_report(outlet: OutletSettings, hours: Hours, month: Month) -> OutletReport:
    """Of the month so far."""
    operating = outlet.operating
    states = {start: _operates(operating, hours.values, start) for start in month.starts}
    counted = [start for start, state in states.items() if state is not False]
    factors = tuple(_factor(each, hours.values[each.channel], counted, operating) for each in outlet.factors)
    sides = [
        {_side(each, hours.values[each.channel].get(start)) for each in outlet.factors} for start in counted
    ]
    within = sum(side == {"within"} for side in sides)
    over = sum("over" in side for side in sides)
    seen = Counter(states.values())
    return OutletReport(
        outlet,
        Counts(len(counted), within + over, within, operating is not None),
        seen[False] if operating else None,
        seen[None] if operating else None,
        factors,
    )


def _operates(
    operating: Operating | None, values: Mapping[str, Mapping[int, Average]], start: int
) -> bool | None:
    """None where nobody knows."""
    if operating is None:
        return None
    hour = values[operating.channel].get(start)
    if hour is None or not hour.valid or hour.value is None:
        return None
    return operating.holds(hour.value)


def _factor(
    settings: FactorSettings,
    values: Mapping[int, Average],
    counted: Iterable[int],
    operating: Operating | None,
) -> FactorReport:
    starts = list(counted)
    hours = [values.get(start) for start in starts]
    sides = Counter(_side(settings, hour) for hour in hours)
    valid = [hour for hour in hours if hour is not None and is_valid(hour)]
    not_valid = Counter(_reason(hour) for hour in hours if hour is None or not is_valid(hour))
    return FactorReport(
        settings,
        Counts(len(starts), len(valid), sides["within"], operating is not None),
        dict(sorted(not_valid.items())),
        sum(has_over_range(hour) for hour in hours if hour is not None),
        peak(Peak(hour.value, hour.start) for hour in valid if hour.value is not None),
    )


def _side(settings: FactorSettings, hour: Average | None) -> str:
    """over, within, or nothing where the hour is not valid."""
    if hour is None or not hour.valid or hour.value is None:
        return ""
    return "over" if hour.value > settings.above else "within"


def _reason(hour: Average | None) -> str:
    """A window of which nothing is left, since its readings belong elsewhere, is missing."""
    return MISSING if hour is None or (not hour.counted and not hour.left_out) else hour.flag


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _met(part: int, whole: int) -> bool | None:
    """In whole numbers: 95 of 100 is met."""
    return part * 100 >= PERCENT * whole if whole else None
