"""What a campaign counts: values taken, wrong ones, and what became of the undamaged answers."""

from collections.abc import Generator, Iterable
from typing import Any

from bench.campaign_faults import STARTS, questions
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters
from hal.doubt import AddressState, Debt

__all__ = ["Score", "measure"]

Said = list[tuple[ReadRegisters, tuple[int, ...]]]


def measure(address: int) -> Generator[Any, Any, Any]:
    """A conversation that asks every question and returns what was said to which."""
    said = []
    for question in questions(address):
        try:
            said.append((question, (yield question)))
        except (NoAnswer, WireError, Refused):
            continue
    return said


class Score:
    """undamaged: right answers sent whole and inside their question's window; recovered: those whose
    question was answered, by them or by one owed to the same question before.

    A value that comes while a second master is known is D: it may be wrong, but is not believed.
    """

    def __init__(self, fault: str, addresses: Iterable[int]) -> None:
        self.fault = fault
        self.undamaged = self.recovered = self.normal = self.wrong = self.wrong_flagged = 0
        self.turns = {(address, start): 0 for address in addresses for start in STARTS}
        self._in_window: dict[int, bool] = {}  # of the question under way at each address

    def watch(self, state: AddressState) -> None:
        """Be told what becomes of each question."""
        answered, owes = state.on_answered, state.owes

        def on_answered(debt: Debt, now: float, wire_ms: float) -> None:
            self._ended(state, answered=True)
            answered(debt, now, wire_ms)

        def on_owed(debt: Debt) -> None:
            self._ended(state, answered=False)
            owes(debt)

        state.on_answered, state.owes = on_answered, on_owed  # type: ignore[method-assign]

    def asked(self, address: int, *, in_window: bool) -> None:
        """A question is on its way to the instrument; in_window: its right answer will be."""
        self._in_window[address] = in_window
        self.undamaged += in_window

    def _ended(self, state: AddressState, *, answered: bool) -> None:
        self.recovered += self._in_window.pop(state.address, False) and answered  # type: ignore[call-overload]

    def judge(self, said: Said, *, second_master: bool) -> None:
        for question, registers in said:
            right = registers == tuple(question.start + at for at in range(question.count))
            self.normal += not second_master
            self.wrong += not right and not second_master
            self.wrong_flagged += not right and second_master
            self.turns[question.address, question.start] += 1

    def as_dict(self) -> dict[str, Any]:
        return {
            "fault": self.fault,
            "wrong": self.wrong,
            "normal": self.normal,
            "wrong_flagged_d": self.wrong_flagged,
            "undamaged": self.undamaged,
            "recovered": round(self.recovered / self.undamaged, 5),
            "fewest_turns": min(self.turns.values()),
        }
