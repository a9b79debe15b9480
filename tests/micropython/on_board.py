# Runs on MicroPython: the drivers and the line's core, with the vectors that pytest wrote.
import json
import os

from drivers.exchange import Refused, WireError
from drivers.registers import RegisterDriver
from drivers.thermo_5030i import Thermo5030i
from drivers.wire import modbus_pdu
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_ascii import framed as ascii_framed
from drivers.wire.modbus_identity import ReadIdentity, identify
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, with_crc
from drivers.wire.modbus_tcp import TcpFraming, TcpRequest
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from tests.frames.row import check, check_damage
from tests.micropython import register_cases
from tests.micropython.board_cases import CASES, STARTS

with open("/app/vectors/vectors.json") as file:
    vectors = json.load(file)


def finish(talk, answers):
    request = next(talk)
    try:
        for answer in answers:
            request = talk.send(request.parse(answer))
    except StopIteration as end:
        return end.value
    raise AssertionError("still asking")


done = 0
for row in vectors["reads"]:
    request = ReadRegisters(*row["question"])
    assert request.encode() == bytes.fromhex(row["request"]), row
    reply = bytes.fromhex(row["reply"])
    assert list(request.parse(reply)) == row["registers"], row
    for size in range(len(reply)):
        assert request.parse(reply[:size]) is None, (row, size)
    for at in range(len(reply)):
        damaged = bytearray(reply)
        damaged[at] ^= 0x10
        try:
            request.parse(damaged)
        except (WireError, Refused):
            done += 1
            continue
        raise AssertionError("damage at byte %d was taken" % at)


def by_name(name):
    return ReadIdentity if name == "ReadIdentity" else getattr(modbus_pdu, name)


def in_each_framing(pdu, body, number=0x1501):
    """(request, the frame of an answer, whether the frame carries a check of its own)"""
    head = bytes((number >> 8, number & 0xFF, 0, 0, 0, 1 + len(body), 17))
    return (
        (RtuRequest(17, pdu), with_crc(bytes((17,)) + body), True),
        (AsciiRequest(17, pdu), ascii_framed(bytes((17,)) + body), True),
        (TcpRequest(17, pdu, number), head + body, False),
    )


for name, arguments, asked, answer, value in vectors["pdus"]:
    pdu, body = by_name(name)(*arguments), bytes.fromhex(answer)
    assert pdu.encode() == bytes.fromhex(asked), name
    for request, reply, checked in in_each_framing(pdu, body):
        said = request.parse(reply)
        if value is None:
            assert (said.conformity, said.more, said.objects) == (1, False, ((2, b"V2.11"),)), said
        else:
            assert list(said) == value, (name, said)
        assert request.length(reply) == len(reply), name
        for size in range(len(reply)):
            assert request.parse(reply[:size]) is None, (name, size)
        for at in range(len(reply) if checked else 0):
            damaged = bytearray(reply)
            damaged[at] ^= 0x10
            try:
                assert request.parse(damaged) is None, (name, at)
            except WireError:
                done += 1
        later = None
        for busy, frame, _ in in_each_framing(pdu, bytes((pdu.function | 0x80, 6))):
            try:
                if type(busy) is type(request):
                    busy.parse(frame)
            except Refused as refusal:
                later = refusal.later
        assert later, name
    done += 1

for name, arguments in vectors["cannot"]:
    try:
        by_name(name)(*arguments)
    except ValueError:
        done += 1
        continue
    raise AssertionError("%s %s was taken" % (name, arguments))

identity = [bytes.fromhex("2B0E0101FF0101000141"), bytes.fromhex("2B0E0101000001010142")]
objects = finish(
    identify(lambda pdu: RtuRequest(1, pdu)), [with_crc(bytes((1,)) + answer) for answer in identity]
)
assert objects == ((0, b"A"), (1, b"B")), objects

for row in vectors["profiles"]:
    driver = RegisterDriver(row["address"], row["profile"], row["settings"])
    assert [q.encode() for q in driver.questions()] == [bytes.fromhex(q) for q in row["requests"]], row[
        "name"
    ]
    samples = finish(driver.measure(), [bytes.fromhex(reply) for reply in row["replies"]])
    got = [[s.channel, s.unit, s.flag, list(s.conditions)] for s in samples]
    assert got == [sample[:1] + sample[2:] for sample in row["samples"]], (row["name"], got)
    for sample, want in zip(samples, row["samples"]):
        same = sample.value == want[1] or abs(sample.value - want[1]) <= 1e-9 * abs(want[1])
        assert same, (row["name"], sample.value, want[1])
    done += 1

# One register map in each framing; over TCP each question has a number of its own.
bits = {
    "profile": {"name": "b", "protocol": "modbus"},
    "channel": [{"name": "pump", "table": "coil", "register": 3, "type": "bit", "unit": "1"}],
}
answer = bytes.fromhex("010101")
for framing, reply in (
    (RtuRequest, with_crc(b"\x11" + answer)),
    (AsciiRequest, ascii_framed(b"\x11" + answer)),
    (TcpFraming(6), b"\x00\x07\x00\x00\x00\x04\x11" + answer),
):
    (sample,) = finish(RegisterDriver(17, bits, {}, framing).measure(), [reply])
    assert sample.value == 1.0, sample
    done += 1

thermo = vectors["thermo"]
(sample,) = finish(Thermo5030i(14, thermo["settings"]).measure(), [bytes.fromhex(thermo["reply"])])
assert (sample.channel, sample.value, sample.flag) == ("tsp", 25.78, "N"), sample


# The line's core: a late answer is never the answer to another question.
def asks(request):
    return [(yield request)]


def reply(request, value):
    return with_crc(bytes((request.address, request.function, 2)) + bytes((0, value)))


one, other = ReadRegisters(1, 3, 8, 1), ReadRegisters(1, 3, 9, 1)
core = LineCore(Timing(9600, 10))
core.attach(AddressState(1, 300.0, 0), 0.0)
first = core.submit(1, asks(one), 0.0)
assert core.step(0.0) == one.encode()
assert core.step(400.0) == b""
assert first.done
assert first.error is not None
second = core.submit(1, asks(other), 410.0)
assert core.step(420.0) == b""
core.receive(reply(one, 11), 700.0)
assert not second.done
at = core.next_at(700.0)
assert core.step(at) == other.encode()
core.receive(reply(other, 22)[:3], at + 20)
core.receive(reply(other, 22)[3:], at + 25)
assert second.result == [(22,)], second.result

# Every table of literal frames there is.
tables = [name[:-3] for name in os.listdir("/app/tests/frames") if name[-3:] == ".py" and name != "row.py"]
rows = 0
for table in tables:
    module = getattr(__import__("tests.frames." + table).frames, table)
    for row in module.FRAMES:
        check(row)
        if getattr(module, "CHECKED", False):
            check_damage(row)
        rows += 1
print("%d rows in %d tables of frames" % (rows, len(tables)))

for case in CASES:
    for start_us in STARTS:
        case(start_us)
for case in register_cases.CASES:
    case()
print("%d cases of registers" % len(register_cases.CASES))

print("%d cases of a board's line" % (len(CASES) * len(STARTS)))

# Its other guards: a probe clears, a foreign question is noticed, an echo is taken away.
probe = ReadRegisters(1, 3, 8, 2)
state = AddressState(1, 300.0, 0)
state.declare((one, other), probe)
core = LineCore(Timing(9600, 10))
core.attach(state, 0.0)
job = core.submit(1, asks(other), 0.0)
assert core.step(0.0) == probe.encode()
core.receive(ReadRegisters(5, 3, 0, 2).encode(), 10.0)
assert core.news == [("second master", "function 3 asked of address 5")], core.news
core.receive(probe.encode() + with_crc(bytes((1, 3, 4, 0, 0, 0, 1))), 30.0)
assert core.echo.heard
at = core.next_at(30.0)
assert core.step(at) == other.encode()
core.receive(reply(other, 33), at + 30)
assert job.result == [(33,)], job.result
assert job.second_master
assert core.echo.heard is False, "the last exchange had none"
print("MicroPython: %d vectors" % done)
