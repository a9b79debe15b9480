"""The campaign of the bench, short: no wrong value, nothing undamaged lost, everybody gets turns."""

import random

import pytest

from bench.campaign import cost_of_doubt
from bench.campaign_faults import FAULTS, UNBOUNDED
from bench.campaign_virtual import Campaign

BELIEVED_BY_MISTAKE = "second master asks ours"  # flagged D, each of them


@pytest.mark.parametrize("probe", [False, True], ids=["quiet time", "probe"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_gives_no_wrong_value(fault, probe):
    row = Campaign(fault, random.Random(f"7 {fault}"), probe=probe).play(600)
    assert row["wrong"] == 0
    assert row["fewest_turns"] >= (1 if fault == UNBOUNDED else 5)
    if fault != BELIEVED_BY_MISTAKE:
        assert row["wrong_flagged_d"] == 0
        assert row["recovered"] >= 0.999


def test_the_campaign_would_notice(monkeypatch):
    """Without the rule of doubt there are wrong values: it is the rule that keeps them out."""
    monkeypatch.setattr("hal.doubt.AddressState.is_doubtful", lambda *question: False)
    row = Campaign("late", random.Random(7), addresses=(1,), every_ms=0.0).play(2000)
    assert row["wrong"] > 0


def test_a_probe_costs_less_than_the_quiet_time():
    waits, probed = (cost_of_doubt("silent", probe=probe) for probe in (False, True))
    assert waits["timeouts"] > 100
    assert probed["rest_ms"] < waits["rest_ms"] / 4
    assert waits["line_ms"] == 0 < probed["line_ms"] < 100
