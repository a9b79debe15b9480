# Runs on MicroPython: the drivers and the line's core, with the vectors that pytest wrote.
import json

from drivers.exchange import Refused, WireError
from drivers.registers import RegisterDriver
from drivers.thermo_5030i import Thermo5030i
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

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
print("MicroPython: %d vectors" % done)
