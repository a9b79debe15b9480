# Runs on MicroPython: the line's core lives through a fault campaign that CPython recorded.
import json
import struct

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

with open("/app/recorded/campaign.json") as file:
    recorded = json.load(file)


def time_of(text):
    """Times come as their eight bytes: a float's text is not read alike everywhere."""
    return struct.unpack(">d", bytes.fromhex(text))[0]


def questions(address):
    return [ReadRegisters(address, 3, start, count) for start, count in recorded["questions"]]


def measure(address, values):
    for question in questions(address):
        try:
            registers = yield question
        except (NoAnswer, WireError, Refused) as failure:
            values.append([address, question.start, type(failure).__name__])
            continue
        values.append([address, question.start, list(registers)])
    return []


def figures(state):
    errors = sorted([[field, count] for field, count in state.wire_errors.items()])
    refusals = sorted([[code, count] for code, count in state.refusals.items()])
    learned = [struct.pack(">d", time).hex() for time in (state.quiet_ms, state.first_byte_ms)]
    counts = [state.asked, state.answered, state.silent, state.late, state.retried]
    return [counts, learned, errors, refusals]


steps = 0
for campaign in recorded["campaigns"]:
    core = LineCore(Timing(recorded["baud"], 10))
    for address in recorded["addresses"]:
        state = AddressState(address, recorded["timeout_ms"], 1, recorded["quiet_ms"])
        spare = ReadRegisters(address, 3, *recorded["spare"]) if campaign["probe"] else None
        state.declare(questions(address), spare)
        core.attach(state, 0.0)
    values = []
    for what, time, given in campaign["log"]:
        at = (campaign["fault"], steps, what, time)
        now = time_of(time)
        if what == "submit":
            core.submit(given, measure(given, values), now)
        elif what == "receive":
            core.receive(bytes.fromhex(given), now)
        elif what == "step":
            assert core.step(now) == bytes.fromhex(given), at
            core.finished = []
        else:
            wanted = core.next_at(now)
            assert wanted == (None if given is None else time_of(given)), (at, wanted)
        steps += 1
    assert values == campaign["values"], campaign["fault"]
    got = [figures(core.addresses[address]) for address in recorded["addresses"]]
    assert got == campaign["figures"], (campaign["fault"], got)
print("%d steps of %d campaigns" % (steps, len(recorded["campaigns"])))
