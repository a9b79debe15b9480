"""What registers an instrument lets be read: a range, halved where it is refused, then read again and again.

Conversations alone, for a Line to carry; only functions 3 and 4 are asked, and who there is at all.
"""

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.exchange import Refused, Request, WireError
from drivers.identification import answers, ask, presence
from drivers.register_blocks import FUNCTIONS
from drivers.wire.modbus_pdu import MAX_REGISTERS, ReadRegisters
from tools.profile_wizard.matches import MOST_REGISTERS, Block, Snapshot

if TYPE_CHECKING:
    from drivers.registers import Framing

__all__ = ["Span", "Survey", "spans_of"]

ILLEGAL_FUNCTION, ILLEGAL_VALUE = 1, 3
VAIN_MAX = 8  # questions without a sound answer; then the rest is left alone: each takes its time-out
Talk = Generator[Request, Any, Any]


class Span(NamedTuple):
    """Registers start..end-1 of a table."""

    table: str
    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.start}" if self.size == 1 else f"{self.start}-{self.end - 1}"

    def pieces(self, most: int, overlap: int = 0) -> "list[Span]":
        """In spans of at most `most` registers."""
        found, start = [], self.start
        while start < self.end:
            end = min(self.end, start + most)
            found.append(Span(self.table, start, end))
            start = end if end == self.end else end - overlap
        return found

    def halves(self) -> "list[Span]":
        middle = (self.start + self.end + 1) // 2
        return [Span(self.table, self.start, middle), Span(self.table, middle, self.end)]


def spans_of(table: str, registers: Iterable[int]) -> list[Span]:
    """The fewest spans that hold these registers."""
    found: list[Span] = []
    for register in sorted(set(registers)):
        if found and found[-1].end == register:
            found[-1] = found[-1]._replace(end=register + 1)
        else:
            found.append(Span(table, register, register + 1))
    return found


class Survey:
    """Of one instrument. asked: questions so far.

    After `explore`: readable, refused (exceptions), silent (no sound answer) in spans; no_table: the
    tables whose function it does not know; most: the registers that it admits in one question, the fewest
    of all ranges; None where it refused no number of them.
    """

    def __init__(self, address: int, framing: "Framing") -> None:
        self._address, self._framing = address, framing
        self._told: Callable[[int], None] = lambda asked: None
        self.asked = 0
        self.readable: list[Span] = []
        self.refused: list[Span] = []
        self.silent: list[Span] = []
        self.no_table: list[str] = []
        self.damaged = 0
        self.most: int | None = None
        self._plan: list[Span] = []
        self._answered = False

    def explore(self, spans: list[Span], told: Callable[[int], None] = lambda asked: None) -> Talk:
        """Find out what of `spans` can be read. told: called before each question, with how many were
        asked. Raises what ended the questions where nobody answers: NoAnswer, WireError, or Refused by
        a gateway."""
        self._told = told
        self.readable, self.refused, self.silent, self.no_table = [], [], [], []
        refused: list[Span] = []
        blocks = yield from self._walk(spans, refused)
        self.refused = _joined(refused)
        self.silent = _joined(self.silent)
        self.readable = self._plan = _joined(Span(b.table, b.start, b.start + len(b.words)) for b in blocks)
        if any(span.size > MAX_REGISTERS for span in self.readable) or len(self.readable) < len(blocks):
            yield from self._find_most()
        self._told = lambda asked: None

    def _find_most(self) -> Talk:
        """How many registers it admits: all of these can be read, so that a refusal is about their number."""
        too_many: list[Span] = []
        blocks = yield from self._walk(self.readable, too_many)
        most = max((len(block.words) for block in blocks), default=1)
        if self._was_refused:
            self.most = min(most, self.most or most)
        overlap = MOST_REGISTERS - 1 if most > 2 * MOST_REGISTERS else 0
        self._plan = [piece for span in self.readable for piece in span.pieces(most, overlap)]

    def again(self) -> "Generator[Request, Any, Snapshot]":
        """All that can be read, as it is now. Raises as `explore`, where nothing was answered."""
        blocks, failure = [], None
        for span in self._plan:
            words, failed = yield from self._ask(span)
            if failed is None:
                blocks.append(Block(span.table, span.start, words))
            elif not isinstance(failed, Refused) or failed.by_gateway:
                failure = failed
        if failure is not None and not blocks:
            raise failure
        return Snapshot(blocks)

    def _walk(self, spans: list[Span], refused: list[Span]) -> "Generator[Request, Any, list[Block]]":
        """Read spans, halving what is refused or not answered; what cannot be read one by one is in
        `refused`, or in self.silent."""
        blocks: list[Block] = []
        known: set[str] = set()
        self._was_refused = False
        largest, most, vain = 0, MAX_REGISTERS, 0
        todo = [piece for span in spans for piece in span.pieces(MAX_REGISTERS)]
        while todo:
            span = todo.pop(0)
            if span.table in self.no_table:
                continue
            if vain >= VAIN_MAX:
                self.silent.append(span)
                continue
            if span.size > max(largest, most):
                todo[:0] = span.pieces(max(largest, most))
                continue
            words, failure = yield from self._ask(span)
            if failure is None:
                blocks.append(Block(span.table, span.start, words))
                largest = max(largest, span.size)
                known.add(span.table)
                continue
            if answers(failure):
                self._answered = self._was_refused = True
                code = getattr(failure, "code", 0)
                if code == ILLEGAL_FUNCTION and span.table not in known:
                    self.no_table.append(span.table)
                    continue
                if (
                    code == ILLEGAL_VALUE
                ):  # too many of them, says the standard; some say it of what they lack
                    most = (span.size + 1) // 2
            else:
                yield from self._make_sure(failure)
                vain += 1
            if span.size > 1:
                todo[:0] = span.halves()
            else:
                (refused if answers(failure) else self.silent).append(span)
        return blocks

    def _make_sure(self, failure: Exception) -> Talk:
        """Somebody must be there at all: some instruments say nothing to a register that they have not."""
        self.damaged += isinstance(failure, WireError)
        if self._answered:
            return
        for request in presence("modbus", self._address, self._framing):
            self._count()
            _, failed = yield from ask(request)
            if answers(failed):
                self._answered = True
                return
        raise failure

    def _ask(self, span: Span) -> "Generator[Request, Any, tuple[Any, Exception | None]]":
        self._count()
        pdu = ReadRegisters(FUNCTIONS[span.table], span.start, span.size)
        words, failure = yield from ask(self._framing(self._address, pdu))
        self._answered = self._answered or failure is None
        return words, failure

    def _count(self) -> None:
        self._told(self.asked)
        self.asked += 1


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order; neighbours as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].table == span.table and found[-1].end >= span.start:
            found[-1] = found[-1]._replace(end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
