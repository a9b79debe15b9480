"""What arrived, held against what was said."""

import json

import pytest

from tools.demo.ledger import EARLY_MS, STALE_MS, Ledger


def ledger_of(*said: tuple[int, float]) -> Ledger:
    ledger = Ledger()
    for t, value in said:
        words = {"fault": None, "request": "01", "instrument": "pid", "t": t, "values": {"voc": value}}
        ledger.add_truth(json.dumps(words))
    return ledger


@pytest.mark.parametrize(
    ("t", "value", "right"),
    [
        (1100, 26.0, True),  # the next answer, 19 ms behind, is another one
        (1100, 26.2, True),  # by a clock that is behind it may be that one
        (1119 - EARLY_MS - 1, 26.2, False),
        (1100, 26.1, False),
        (1119 + STALE_MS, 26.2, True),
        (1119 + STALE_MS + 1, 26.2, False),
        (1200, 26.0, False),
        (900, 26.0, False),
    ],
)
def test_a_value_is_what_was_said_at_that_moment(t: int, value: float, right: bool) -> None:
    ledger = ledger_of((1000, 26.0), (1119, 26.2))
    message = {"log": "a", "readings": [{"seq": 1, "t": t, "ch": "pid.voc", "v": value}]}
    ledger.add_message("fenceline/1/a/b/readings", json.dumps(message).encode(), 0)
    assert ledger.strange == []
    assert (ledger.wrong() == []) is right
