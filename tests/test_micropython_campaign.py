"""The fault campaign on both interpreters: MicroPython's line does at every step what CPython's did."""

import json
import random
import struct

import pytest

from bench import campaign
from bench.campaign import ADDRESSES, COUNTS, FAULTS, SEED, STARTS, TIMEOUT_MS, Campaign
from drivers.exchange import NoAnswer, Refused, WireError
from hal.line_core import LineCore
from tests.test_micropython import HERE, compiled, on_micropython
from tools import board_bundle

EXCHANGES = 150  # of each fault; the bench runs 10,000
BAUD = 19200


def as_bytes(time_ms):
    return struct.pack(">d", time_ms).hex()


class RecordedCore(LineCore):
    """Writes down what it is told, and what it says."""

    def __init__(self, timing):
        super().__init__(timing)
        self.log = []

    def submit(self, address, conversation, now):
        self.log.append(("submit", as_bytes(now), address))
        return super().submit(address, conversation, now)

    def receive(self, data, now):
        self.log.append(("receive", as_bytes(now), data.hex()))
        super().receive(data, now)

    def step(self, now):
        said = super().step(now)
        self.log.append(("step", as_bytes(now), said.hex()))
        return said

    def next_at(self, now):
        wanted = super().next_at(now)
        self.log.append(("next", as_bytes(now), None if wanted is None else as_bytes(wanted)))
        return wanted


class RecordedCampaign(Campaign):
    def __init__(self, fault):
        super().__init__(fault, random.Random(f"{SEED} {fault}"))
        self.values = []

    def _measure(self, address):
        for question in self._questions(address):
            try:
                registers = yield question
            except (NoAnswer, WireError, Refused) as failure:
                self.values.append((address, question.start, type(failure).__name__))
                continue
            self.good += 1
            self.turns[address, question.start] = 1
            self.values.append((address, question.start, registers))
        return []

    def figures(self):
        found = []
        for address in ADDRESSES:
            state = self.core.addresses[address]
            counts = [state.asked, state.answered, state.silent, state.late, state.retried]
            learned = [as_bytes(time) for time in (state.quiet_ms, state.first_byte_ms)]
            found.append([counts, learned, sorted(state.wire_errors.items()), sorted(state.refusals.items())])
        return found


@pytest.mark.needs("node")
def test_the_line_is_the_same_on_both_interpreters(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "LineCore", RecordedCore)
    monkeypatch.setattr(campaign, "EXCHANGES", EXCHANGES)
    rows = []
    for fault in FAULTS:
        played = RecordedCampaign(fault)
        played.play()
        rows.append(
            {
                "fault": fault,
                "log": played.core.log,
                "values": played.values,
                "figures": played.figures(),
            }
        )
    recorded = {
        "questions": list(zip(STARTS, COUNTS, strict=True)),
        "baud": BAUD,
        "addresses": list(ADDRESSES),
        "timeout_ms": TIMEOUT_MS,
        "campaigns": rows,
    }
    assert campaign.TIMING.char_ms == campaign.Timing(BAUD, 10).char_ms
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "campaign.json").write_text(json.dumps(recorded))
    board_bundle.build(tmp_path / "bundle")
    said = on_micropython(
        HERE / "replay.py", *compiled(tmp_path / "bundle"), f"{tmp_path / 'recorded'}:recorded"
    )
    steps = sum(len(row["log"]) for row in rows)
    assert said == f"{steps} steps of {len(FAULTS)} campaigns\n"
    assert steps > 10 * EXCHANGES
