"""Other people's masters against the emulator: every function, in RTU and ASCII on a pty, and over TCP."""

import subprocess
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import minimalmodbus
import pytest
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.framer import FramerType

from hardware_sim.faults import Faults
from hardware_sim.modbus_table import TableInstrument
from hardware_sim.wire import Slave

TABLES = {
    "coil": {number: number % 3 == 0 for number in range(40)},
    "discrete": {number: number % 2 == 0 for number in range(40)},
    "holding": {number: 1000 + number for number in range(130)},
    "input": {number: 2000 + number for number in range(130)},
}
IDENTITY = {0: "Acme", 1: "9000", 2: "V1.2", 4: "Nine Thousand", 0x80: "x" * 200, 0x81: "y" * 100}
BAUD = 115200
MEDIA = ("rtu", "ascii", "tcp")
Client = ModbusSerialClient | ModbusTcpClient


class Rig:
    """A served line with one TableInstrument at address 3, and an RTU neighbour at 4 on a pty."""

    def __init__(self, serve: Callable[..., Any], bench_of: Callable[..., Any], medium: str) -> None:
        listen = "tcp://127.0.0.1:0" if medium == "tcp" else None
        self.instrument = TableInstrument(3, TABLES, medium, IDENTITY)
        self.medium = medium
        bench = {"line": [{"id": "a", "baud": BAUD, "listen": listen}], "instrument": []}
        if medium == "ascii":
            bench["instrument"] = bench_of({"address": 4, "values": {"v0": 44}})["instrument"]
        self.served = serve(bench)
        slave = Slave("table", self.instrument, 0.001, Faults([], Random(1)))
        self.served.call(self.served.bench.lines["a"].slaves.append, slave)

    @property
    def path(self) -> str:
        return str(self.served.path())


@pytest.fixture(params=MEDIA)
def rig(request: pytest.FixtureRequest, serve: Any, bench_of: Any) -> Rig:
    return Rig(serve, bench_of, request.param)


@pytest.fixture
def client(rig: Rig) -> Iterator[Client]:
    if rig.medium == "tcp":
        host, _, port = rig.path.removeprefix("tcp://").rpartition(":")
        made: Client = ModbusTcpClient(host, port=int(port), timeout=2, retries=0)
    else:
        framer = FramerType.ASCII if rig.medium == "ascii" else FramerType.RTU
        made = ModbusSerialClient(rig.path, framer=framer, baudrate=BAUD, timeout=2, retries=0)
    assert made.connect()
    yield made
    made.close()  # type: ignore[no-untyped-call]


def test_pymodbus_reads(client: Client) -> None:
    assert client.read_coils(5, count=19, device_id=3).bits[:19] == [at % 3 == 0 for at in range(5, 24)]
    discrete = client.read_discrete_inputs(0, count=40, device_id=3)
    assert discrete.bits[:40] == [at % 2 == 0 for at in range(40)]
    assert client.read_holding_registers(3, count=125, device_id=3).registers == list(range(1003, 1128))
    assert client.read_input_registers(129, count=1, device_id=3).registers == [2129]


def test_pymodbus_writes(client: Client, rig: Rig) -> None:
    tables = rig.instrument.tables
    assert client.write_coil(1, True, device_id=3).bits == [True]
    assert client.write_coils(30, [True, False, True, True], device_id=3).count == 4
    assert [tables["coil"][at] for at in (1, 30, 31, 32, 33)] == [1, 1, 0, 1, 1]
    assert client.write_register(7, 0xBEEF, device_id=3).registers == [0xBEEF]
    assert client.write_registers(8, [1, 0xFFFF, 3], device_id=3).count == 3
    assert [tables["holding"][at] for at in (7, 8, 9, 10, 11)] == [0xBEEF, 1, 0xFFFF, 3, 1011]
    masked = client.mask_write_register(address=7, and_mask=0xF0F0, or_mask=0x0505, device_id=3)
    assert (masked.and_mask, masked.or_mask) == (0xF0F0, 0x0505)
    assert tables["holding"][7] == 0xBEEF & 0xF0F0 | 0x0505
    tables["holding"][4] = 0x12  # the specification's own example, 6.16
    client.mask_write_register(address=4, and_mask=0xF2, or_mask=0x25, device_id=3)
    assert tables["holding"][4] == 0x17
    answer = client.readwrite_registers(
        read_address=20, read_count=3, write_address=21, values=[5, 6], device_id=3
    )
    assert answer.registers == [1020, 5, 6], "it is written before it is read (6.17)"


def test_pymodbus_is_refused(client: Client) -> None:
    for code, answer in (
        (2, client.read_coils(39, count=2, device_id=3)),
        (2, client.read_holding_registers(130, count=1, device_id=3)),
        (2, client.write_register(130, 1, device_id=3)),
        (2, client.write_coils(39, [True, True], device_id=3)),
        (2, client.mask_write_register(address=200, and_mask=0, or_mask=0, device_id=3)),
        (2, client.read_device_information(read_code=4, object_id=9, device_id=3)),
        (1, client.read_exception_status(device_id=3)),
    ):
        assert answer.isError()
        assert answer.exception_code == code


def test_pymodbus_reads_the_identity(client: Client) -> None:
    basic = client.read_device_information(read_code=1, device_id=3)
    assert basic.information == {0: b"Acme", 1: b"9000", 2: b"V1.2"}
    one = client.read_device_information(read_code=4, object_id=4, device_id=3)
    assert one.information == {4: b"Nine Thousand"}
    extended = client.read_device_information(read_code=3, device_id=3)
    assert (extended.more_follows, extended.next_object_id) == (0xFF, 0x81)
    assert set(extended.information) == {0, 1, 2, 4, 0x80}
    rest = client.read_device_information(read_code=3, object_id=0x81, device_id=3)
    assert rest.information == {0x81: b"y" * 100}


@pytest.mark.parametrize("rig", ["rtu", "ascii"], indirect=True)
def test_minimalmodbus(rig: Rig) -> None:
    """It knows functions 1 to 6, 15 and 16, and no TCP."""
    device = minimalmodbus.Instrument(rig.path, 3, mode=rig.medium)
    device.serial.baudrate = BAUD
    device.serial.timeout = 0.5  # it waits so long for a refusal, which is shorter than the answer due
    assert device.read_bits(5, 19, functioncode=1) == [int(at % 3 == 0) for at in range(5, 24)]
    assert device.read_bit(4, functioncode=2) == 1
    assert device.read_registers(3, 20) == list(range(1003, 1023))
    assert device.read_register(5, functioncode=4) == 2005
    device.write_bit(1, 1, functioncode=5)
    device.write_bits(30, [1, 0, 1, 1])
    device.write_register(7, 0xBEEF, functioncode=6)
    device.write_registers(8, [1, 0xFFFF, 3])
    tables = rig.instrument.tables
    assert [tables["coil"][at] for at in (1, 30, 31, 32, 33)] == [1, 1, 0, 1, 1]
    assert [tables["holding"][at] for at in (7, 8, 9, 10)] == [0xBEEF, 1, 0xFFFF, 3]
    with pytest.raises(minimalmodbus.IllegalRequestError):
        device.read_register(200)
    device.serial.close()


@pytest.mark.parametrize("rig", ["ascii"], indirect=True)
def test_ascii_and_rtu_instruments_share_a_line(rig: Rig, client: Client) -> None:
    assert client.read_holding_registers(0, count=1, device_id=3).registers == [1000]
    client.close()  # type: ignore[no-untyped-call]
    other = ModbusSerialClient(rig.path, baudrate=BAUD, timeout=2, retries=0)
    assert other.connect()
    assert other.read_holding_registers(0, count=1, device_id=4).registers == [44]
    other.close()  # type: ignore[no-untyped-call]


def mbpoll(*words: str) -> list[str]:
    """The values that it prints."""
    done = subprocess.run(
        ["mbpoll", "-0", "-1", "-q", *words], capture_output=True, text=True, timeout=10, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("[")]


READS = {  # mbpoll's -t: 0 coils, 1 discrete inputs, 3 input registers, 4 holding registers
    "0": ("5", "19", [str(int(at % 3 == 0)) for at in range(5, 24)]),
    "1": ("0", "8", ["1", "0"] * 4),
    "3": ("10", "3", ["2010", "2011", "2012"]),
    "4": ("0", "125", [str(1000 + at) for at in range(125)]),
}


@pytest.mark.needs("mbpoll")
@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize("rig", ["rtu", "tcp"], indirect=True)
def test_mbpoll_reads(rig: Rig, kind: str) -> None:
    start, count, values = READS[kind]
    what = ["-a3", f"-t{kind}", f"-r{start}", f"-c{count}"]
    if rig.medium == "tcp":
        host, _, port = rig.path.removeprefix("tcp://").rpartition(":")
        assert mbpoll("-m", "tcp", "-p", port, *what, host) == values
    else:
        assert mbpoll("-m", "rtu", f"-b{BAUD}", "-Pnone", *what, rig.path) == values
