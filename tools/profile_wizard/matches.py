"""Which registers say what the instrument's display says: table, register, type, order and divisor.

Pure: given the registers as they were read while somebody looked at the display, and the number that he
typed. The digits typed say how exact it is; what moved meanwhile may have passed over it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from drivers.register_values import ORDERS, TYPES, decode

__all__ = [
    "DIVISORS",
    "Block",
    "Look",
    "Match",
    "Shown",
    "Snapshot",
    "matches",
    "narrowed",
    "shown",
    "signed_where_needed",
]

DIVISORS = (1, 10, 100, 1000)
NUMBER = re.compile(r"([+-]?)(\d{1,20})(?:[.,](\d{1,9}))?")
MOST_REGISTERS = 4  # of the longest type
LEAPS = 4  # a value that passed over the number made a step of no more than a quarter of it
STEPS = 10  # or of ten of its last digits
SAYS, CUT_OFF, PASSED = 0, 1, 2  # it is the number; it is, if the display cuts off; it passed over it
JUMPED = 3  # it was the number once among others that are far from it
# By how likely an instrument is made so: a whole number of the display's own decimals, the usual types and
# orders first. Unsigned before signed: read wrongly, it shows a value below zero as a far too high one and
# raises an alarm, where the other way round a high value would be taken for one below zero, in silence.
TYPE_COSTS = {
    "uint16": 0,
    "int16": 1,
    "float32": 2,
    "uint32": 3,
    "int32": 4,
    "bcd16": 5,
    "bcd32": 5,
    "float64": 6,
    "uint64": 7,
    "int64": 8,
    "bcd64": 9,
}
ORDER_COSTS = {"ABCD": 0, "CDAB": 1, "BADC": 6, "DCBA": 7}
OTHER_DIVISOR_COST = 5
BELOW_ZERO = ("degC", "degF")  # units of what is below zero every winter
ROUGH_COST = 10  # for each look at which it did not plainly say the number


class Shown(NamedTuple):
    """A number on the display. step: one of its last digit; decimals: digits behind the point."""

    text: str
    value: Fraction
    step: Fraction
    decimals: int


def shown(text: str) -> Shown:
    """The number typed, with point or comma. Raises ValueError."""
    found = NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no number: type it as the display shows it, as in 12.3")
    sign, whole, behind = found[1], found[2], found[3] or ""
    step = Fraction(1, 10 ** len(behind))
    value = int(whole + behind) * step
    return Shown(text.strip(), -value if sign == "-" else value, step, len(behind))


class Block(NamedTuple):
    """Registers that one answer brought: they belong together."""

    table: str
    start: int
    words: tuple[int, ...]


class Snapshot:
    """All that was read in one go."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._behind: dict[tuple[str, int], tuple[int, ...]] = {}
        for block in blocks:
            for at in range(len(block.words)):
                place = block.table, block.start + at
                if len(self._behind.get(place, ())) < len(block.words) - at:
                    self._behind[place] = block.words[at : at + MOST_REGISTERS]

    def words(self, table: str, register: int, count: int) -> tuple[int, ...] | None:
        """Registers of one and the same answer; None where no answer brought them all."""
        found = self._behind.get((table, register), ())
        return found[:count] if len(found) >= count else None

    @property
    def places(self) -> list[tuple[str, int]]:
        """(table, register) of all, in order."""
        return sorted(self._behind)


class Look(NamedTuple):
    """One look at the display: the number there, and what was read meanwhile, in order."""

    shown: Shown
    snapshots: Sequence[Snapshot]


class Match(NamedTuple):
    """A way to read the registers by which they say what the display said.

    also: other types that say the very same there so far. says: its value in the newest snapshot.
    raws: the numbers in the registers, at each change, in order. rough: at how many looks it did not
    plainly say the number.
    """

    table: str
    register: int
    type: str
    order: str
    divisor: int
    also: tuple[str, ...]
    says: float
    raws: tuple[int | float, ...]
    rough: int
    cost: int

    @property
    def registers(self) -> int:
        return REGISTERS[self.type]


REGISTERS = {name: count for name, count, _ in TYPES}


def matches(looks: Sequence[Look]) -> list[Match]:
    """All that fit every look, the most plausible first."""
    found: dict[object, Match] = {}
    places = {place for snapshot in looks[0].snapshots for place in snapshot.places}
    for table, register in sorted(places):
        for match in _at(table, register, looks):
            key = (table, register, match.order, match.divisor, match.registers, match.raws)
            known = found.get(key)
            if known is None:
                found[key] = match
            elif match.cost < known.cost:
                found[key] = match._replace(also=(known.type, *known.also))
            else:
                found[key] = known._replace(also=(*known.also, match.type))
    return sorted(found.values(), key=lambda match: (match.cost, match.table, match.register, match.divisor))


def _at(table: str, register: int, looks: Sequence[Look]) -> Iterator[Match]:
    for type_name, count in REGISTERS.items():
        for order in ORDERS if count > 1 else ("ABCD", "BADC"):  # one register has no word order
            raws = [_raws(table, register, type_name, order, look.snapshots) for look in looks]
            if not all(raws):
                continue
            for divisor in DIVISORS:
                fits = _fits(looks, raws, divisor)
                if fits is None:
                    continue
                rough = sum(map(bool, fits))
                cost = TYPE_COSTS[type_name] + ORDER_COSTS[order] + ROUGH_COST * rough
                cost += OTHER_DIVISOR_COST * _is_odd(type_name, divisor, looks[0].shown)
                every = tuple(raw for one in raws for raw in one)
                says = every[-1] / divisor
                yield Match(table, register, type_name, order, divisor, (), says, every, rough, cost)


def _is_odd(type_name: str, divisor: int, number: Shown) -> bool:
    """Whether it is not the divisor that one expects: a whole number counts the display's last digit."""
    return divisor != (1 if type_name.startswith("float") else 10**number.decimals)


def _raws(
    table: str, register: int, type_name: str, order: str, snapshots: Sequence[Snapshot]
) -> list[int | float]:
    """The number there in each snapshot, equal neighbours once; [] where it cannot be one."""
    found: list[int | float] = []
    last: tuple[int, ...] | None = None
    for snapshot in snapshots:
        words = snapshot.words(table, register, REGISTERS[type_name])
        if words is None or words == last:
            continue
        last = words
        raw = decode(words, type_name, order)
        if raw - raw != 0:  # not a number, or infinite
            return []
        found.append(raw)
    return found


def _fits(looks: Sequence[Look], raws: Sequence[list[int | float]], divisor: int) -> list[int] | None:
    """How each look's number is said; None where one is not."""
    found = []
    for look, numbers in zip(looks, raws, strict=True):
        fit = _fit(numbers, look.shown, divisor)
        if fit is None:
            return None
        found.append(fit)
    return found


def _fit(raws: list[int | float], number: Shown, divisor: int) -> int | None:
    due, step = number.value * divisor, number.step * divisor
    half = step / 2
    near = [raw for raw in raws if abs(raw - float(due)) < 2 * float(step)]  # quick, before it is exact
    offs = [_exact(raw) - due for raw in near]
    leap = max(abs(due) / LEAPS, STEPS * step)
    if any(-half <= off <= half for off in offs):
        return JUMPED if any(abs(raw - float(due)) > 2 * leap for raw in raws) else SAYS
    if any(0 <= (off if due > 0 else -off) < step or (due == 0 and abs(off) < step) for off in offs):
        return CUT_OFF
    for before, after in pairwise(raws):
        if min(before, after) < due < max(before, after) and abs(after - before) <= leap:
            return PASSED
    return None


def _exact(raw: int | float) -> Fraction:
    """Of a float the decimal that it is written as: 12.35, not 12.3499999999999996."""
    return Fraction(raw if isinstance(raw, int) else repr(raw))


def signed_where_needed(match: Match, unit: str) -> Match:
    """The same with the sign that its unit asks for, where both kinds fit: a temperature goes below zero."""
    signed = match.type.removeprefix("u")
    if unit not in BELOW_ZERO or signed not in match.also:
        return match
    others = [each for each in match.also if each != signed]
    return match._replace(type=signed, also=(match.type, *others))


def narrowed(found: list[Match], taken: Sequence[Match]) -> list[Match]:
    """What is likely of them where others of the same instrument are known: their registers hold nothing
    else, and its numbers come in one order; as far as that leaves any."""
    free = [match for match in found if not any(_share(match, other) for other in taken)] or found
    orders = {match.order for match in taken if match.registers > 1}
    alike = [match for match in free if match.registers == 1 or match.order in orders]
    return alike if orders and alike else free


def _share(one: Match, other: Match) -> bool:
    apart = one.register + one.registers <= other.register or other.register + other.registers <= one.register
    return one.table == other.table and not apart
