"""The dialogue about one value: what does the display show, and which registers say the same?"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tools.profile_wizard.access import FAILURES, Access, why
from tools.profile_wizard.matches import Look, Match, Snapshot, matches, narrowed, shown
from tools.profile_wizard.terminal import Terminal

__all__ = ["Found", "Search", "place_of", "way"]

KEPT = 30  # snapshots: what somebody types he has seen within the last quarter of a minute
EVERY_S = 0.5
LETTERS = "abcdefgh"  # rows on the screen; digits are the display's
ADVICE = (
    "Wait until the number stands still, and type all its digits.",
    "The registers may count another unit: try 12300 (ppb) for 12.3 (ppm), 0.05 (mg) for 50 (ug).",
    "Type r to read other registers: manuals that count from 40001 or 30001 mean 0 and up.",
)
HELP = (
    "12.3  the number on the display, with all its digits; a unit may follow",
    "a     takes row a",
    "n     none of these: begin anew with this value",
    "o     another value of this instrument first; it may tell the order",
    "r     read other registers",
    "Ctrl-C ends it; no file is written",
)


class Found(NamedTuple):
    """What a value's registers are. others: what else fitted; unit: as typed behind the number, or ""."""

    match: Match
    looks: list[Look]
    others: list[Match]
    unit: str


class Search:
    """taken: what is known of this instrument already; read_others: asks for another range and explores it,
    find_other: finds another value first, which is in `taken` then."""

    def __init__(
        self,
        terminal: Terminal,
        access: Access,
        taken: list[Match],
        read_others: Callable[[], Awaitable[None]],
        find_other: Callable[[], Awaitable[None]],
    ) -> None:
        self._terminal, self._access, self._taken = terminal, access, taken
        self._read_others, self._find_other = read_others, find_other
        self._looks: list[Look] = []
        self._found: list[Match] = []
        self._unit = ""

    async def run(self, question: str) -> Found | None:
        """Until the value is found; None where nothing was typed at first."""
        while True:
            rows = likely(self._found)
            answer, snapshots, failure = await self._watched(self._question(question, len(rows)))
            if not answer and not self._looks:
                return None
            if len(answer) == 1 and answer in LETTERS[: len(rows)]:
                return self._taking(rows[LETTERS.index(answer)])
            if answer == "n":
                self._forget()
                self._advise()
            elif answer == "r":
                await self._read_others()
                self._forget()
            elif answer == "o" and self._looks:
                await self._find_other()
                self._compare()
            elif answer[:1].isdecimal() or answer[:1] in ("+", "-"):
                found = self._look(answer, snapshots, failure)
                if found is not None:
                    return found
            else:
                for line in HELP:
                    self._terminal.say(line, 6)

    def _question(self, question: str, rows: int) -> str:
        if not rows:
            return question
        letters = LETTERS[0] if rows == 1 else f"{LETTERS[0]}-{LETTERS[rows - 1]}"
        return f"display, or {letters} (? helps)"

    def _forget(self) -> None:
        self._looks, self._found = [], []

    # -- reading meanwhile ------------------------------------------------------------------

    async def _watched(self, question: str) -> tuple[str, list[Snapshot], Exception | None]:
        """The answer, what was read meanwhile and once behind it, and why the last reading failed."""
        kept: deque[Snapshot] = deque(maxlen=KEPT)
        answered = asyncio.Event()
        watcher = asyncio.create_task(self._watch(kept, answered))
        try:
            answer = await self._terminal.ask(question)
        except BaseException:
            watcher.cancel()
            raise
        answered.set()
        failure = await watcher
        return answer, list(kept), failure

    async def _watch(self, kept: "deque[Snapshot]", answered: asyncio.Event) -> Exception | None:
        while True:
            is_last, failure = answered.is_set(), None
            try:
                kept.append(await self._access.snapshot())
            except FAILURES as failed:
                failure = failed
            if is_last:
                return failure
            try:
                async with asyncio.timeout(EVERY_S):
                    await answered.wait()
            except TimeoutError:
                continue

    # -- comparing --------------------------------------------------------------------------

    def _look(self, answer: str, snapshots: list[Snapshot], failure: Exception | None) -> Found | None:
        """One more number of the display; what is found where nothing else is left."""
        number, _, unit = answer.partition(" ")
        try:
            seen = shown(number)
        except ValueError as wrong:
            self._terminal.say(str(wrong))
            return None
        if failure is not None or not snapshots:
            assert failure is not None
            for line in why(failure, self._access.place).splitlines():
                self._terminal.say(line, 4)
            self._terminal.say("Type the number again when it answers.")
            return None
        self._unit = unit.strip() or self._unit
        self._looks.append(Look(seen, snapshots))
        self._compare()
        if len(self._found) == 1 and len({look.shown.value for look in self._looks}) > 1:
            return self._taking(self._found[0])
        return None

    def _compare(self) -> None:
        """Show what fits all the looks; the last one alone, where nothing does."""
        self._found = narrowed(matches(self._looks), self._taken)
        if not self._found and len(self._looks) > 1:
            before, last = self._looks[-2].shown.text, self._looks[-1].shown.text
            self._terminal.say(f"Nothing that said {before} says {last} now. From {last} alone:")
            self._looks = self._looks[-1:]
            self._found = narrowed(matches(self._looks), self._taken)
        if not self._found:
            self._terminal.say(f"Nothing that was read says {self._looks[-1].shown.text}.")
            self._looks = []
            self._advise()
            return
        self._show()

    def _advise(self) -> None:
        for advice in ADVICE:
            self._terminal.say(f"- {advice}", 2)

    def _show(self) -> None:
        texts = list(dict.fromkeys(look.shown.text for look in self._looks))
        count, said = len(self._found), ", then ".join(texts)
        self._terminal.say()
        rows = likely(self._found)
        self._terminal.say(f"{len(rows)} way{'s' if len(rows) > 1 else ''} to read {said}:")
        self._terminal.rows(table(rows, self._terminal.columns))
        if count > len(rows):
            self._terminal.say(f" and {count - len(rows)} less likely")
        if len(texts) > 1 and count == 1:
            return
        if len(texts) < len(self._looks):
            self._terminal.say("The number is the same as before: it tells more once it has changed.")
        limit = _same_below(rows)
        if limit is not None:
            self._terminal.say(
                f"Below {limit:.7g} some of them say the same. If the instrument's range ends below that, "
                "take the one with fewer registers; else its manual has to tell."
            )
        self._terminal.say("Type the number again once it has changed. A letter takes that row as it is.")

    def _taking(self, match: Match) -> Found:
        self._terminal.say(f"Taken: {place_of(match)}, {way(match)}.")
        others = [other for other in self._found if other is not match]
        return Found(match, self._looks, others, self._unit)


def likely(found: list[Match]) -> list[Match]:
    """Those that are shown, as many as there are letters: none that says the number less plainly than the
    best. The others are kept: the next number may still be theirs."""
    return [match for match in found if match.rough <= found[0].rough][: len(LETTERS)]


def place_of(match: Match) -> str:
    """As in "holding 8", "input 8-9"."""
    last = match.register + match.registers - 1
    return f"{match.table} {match.register}" + (f"-{last}" if last > match.register else "")


def way(match: Match) -> str:
    """As in "float32 CDAB", "uint16 / 10"."""
    shows_order = match.registers > 1 or match.order != "ABCD"
    order = f" {match.order}" if shows_order else ""
    return f"{match.type}{order}" + (f" / {match.divisor}" if match.divisor > 1 else "")


def table(rows: list[Match], columns: int) -> list[str]:
    """A lettered row for each, as narrow as can be."""
    cells = [
        (letter, place_of(match), way(match), f"{match.says:.7g}")
        for letter, match in zip(LETTERS, rows, strict=False)
    ]
    widths = [max(len(row[at]) for row in cells) for at in range(4)]
    gap = "  " if sum(widths) + 7 <= columns else " "
    return [
        " " + gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _same_below(found: list[Match]) -> float | None:
    """Below which value the likeliest one and a longer one say the same; None where there is none such."""
    best = found[0]
    for other in found[1:]:
        if other.raws == best.raws and other.registers != best.registers:
            shorter = min(best.registers, other.registers)
            return float(2 ** (16 * shorter) / best.divisor)
    return None
