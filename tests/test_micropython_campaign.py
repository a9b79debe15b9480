"""The fault campaign on both interpreters: MicroPython's line does at every step what CPython's did."""

import json
import random
import struct

import pytest

from bench import campaign_virtual
from bench.campaign import SEED
from bench.campaign_faults import ADDRESSES, COUNTS, FAULTS, SPARE, STARTS, questions
from bench.campaign_virtual import PACE, Campaign
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


def recorded_measure(values):
    """The campaign's conversation, writing down what each question gave."""

    def measure(address):
        said = []
        for question in questions(address):
            try:
                registers = yield question
            except (NoAnswer, WireError, Refused) as failure:
                values.append((address, question.start, type(failure).__name__))
                continue
            said.append((question, registers))
            values.append((address, question.start, registers))
        return said

    return measure


def figures(core):
    found = []
    for address in ADDRESSES:
        state = core.addresses[address]
        counts = [state.asked, state.answered, state.silent, state.late, state.retried]
        learned = [as_bytes(time) for time in (state.quiet_ms, state.first_byte_ms)]
        found.append([counts, learned, sorted(state.wire_errors.items()), sorted(state.refusals.items())])
    return found


@pytest.mark.needs("node")
def test_the_line_is_the_same_on_both_interpreters(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign_virtual, "LineCore", RecordedCore)
    rows = []
    for fault in FAULTS:
        for probe in (False, True):
            values = []
            monkeypatch.setattr(campaign_virtual, "measure", recorded_measure(values))
            played = Campaign(fault, random.Random(f"{SEED} {fault}"), probe=probe)
            played.play(EXCHANGES)
            rows.append(
                {
                    "fault": fault,
                    "probe": probe or fault == campaign_virtual.UNBOUNDED,
                    "log": played.core.log,
                    "values": values,
                    "figures": figures(played.core),
                }
            )
    recorded = {
        "questions": list(zip(STARTS, COUNTS, strict=True)),
        "spare": [STARTS[0], SPARE],
        "baud": BAUD,
        "addresses": list(ADDRESSES),
        "timeout_ms": PACE.timeout_ms,
        "quiet_ms": PACE.quiet_ms,
        "campaigns": rows,
    }
    assert campaign_virtual.TIMING.char_ms == campaign_virtual.Timing(BAUD, 10).char_ms
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "campaign.json").write_text(json.dumps(recorded))
    board_bundle.build(tmp_path / "bundle")
    said = on_micropython(
        HERE / "replay.py", *compiled(tmp_path / "bundle"), f"{tmp_path / 'recorded'}:recorded"
    )
    steps = sum(len(row["log"]) for row in rows)
    assert said == f"{steps} steps of {len(rows)} campaigns\n"
    assert steps > 10 * EXCHANGES
