"""What is urgent on a line goes before everything that waits."""

from drivers.exchange import NoAnswer
from drivers.relay_module import ModbusRelays
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import DEAD_AFTER, AddressState
from hal.line_core import LineCore, Timing

MODULE = ModbusRelays(10, {"name": "m", "coils": 8})
(SWITCH,) = MODULE.switch(0, True)


def asks(*requests):
    yield from requests
    return []


def line_of(*addresses):
    core = LineCore(Timing(9600, 10))
    for address in addresses:
        core.attach(AddressState(address, 300.0, 0), 0.0)
    return core


def test_a_switch_goes_before_all_who_wait_and_behind_what_is_on_the_wire():
    core = line_of(1, 2, 3, 4, 10)
    questions = {address: ReadRegisters(address, 3, 0, 1) for address in (1, 2, 3, 4)}
    for address, question in questions.items():
        core.submit(address, asks(question), 0.0)
    assert core.step(0.0) == questions[1].encode()
    core.submit(10, MODULE.switch(0, True), 1.0)
    core.submit(10, MODULE.read(), 1.0)
    assert core.step(2.0) == b"", "one exchange at a time"
    core.receive(with_crc(bytes((1, 3, 2, 0, 7))), 20.0)
    at = core.next_at(20.0)
    assert core.step(at) == SWITCH.encode()
    core.receive(SWITCH.encode(), at + 20)
    read = next(MODULE.read()).encode()
    assert core.step(core.next_at(at + 20)) == read, "or a switch behind it would wait for its turn"
    core.receive(with_crc(bytes((10, 1, 1, 1))), at + 60)
    assert core.step(core.next_at(at + 60)) == questions[2].encode()


def test_a_switch_goes_before_the_probe_of_a_dead_instrument():
    core = line_of(1, 10)
    state, now, failures = core.addresses[1], 0.0, 0
    while failures < DEAD_AFTER:
        job = core.submit(1, asks(ReadRegisters(1, 3, 0, 1)), now)
        core.step(now)
        while not job.done:
            now = core.next_at(now)
            core.step(now)
        assert isinstance(job.error, NoAnswer)
        failures += 1
    now = state.resume_at + 1
    core.submit(1, asks(ReadRegisters(1, 3, 0, 1)), now)
    core.submit(10, MODULE.switch(0, True), now)
    assert core.step(now) == SWITCH.encode()


def test_nothing_else_is_urgent():
    assert SWITCH.urgent
    assert not ReadRegisters(1, 3, 0, 1).urgent
    assert not MODULE.questions()[0].urgent
