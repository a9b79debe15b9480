"""What other people's masters read through the emulator: pymodbus, minimalmodbus, mbpoll."""

import math
import struct
import subprocess
from typing import Any

import minimalmodbus
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client import ModbusSerialClient
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from drivers.registers import resolve
from hardware_sim.modbus import TYPES, ModbusInstrument, registers_of
from hardware_sim.modbus_server import FRAMINGS
from hardware_sim.scripts import Script
from hardware_sim.tables import BenchError

ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
VALUES = {
    "int16": -12345,
    "uint16": 54321,
    "int32": -1234567890,
    "uint32": 3123456789,
    "int64": -1234567890123456,
    "uint64": 9007199254740991,
    "float32": 123.456,
    "float64": -98765.4321012,
}
FORMATS = dict(zip(VALUES, ("h", "H", "i", "I", "q", "Q", "f", "d"), strict=True))


def every_profile() -> dict[str, Any]:
    """Every type in every order, four registers apart; every second channel an input register."""
    names = [(type_name, order) for type_name in VALUES for order in ORDERS]
    return {
        "profile": {"name": "every", "protocol": "modbus"},
        "channel": [
            {
                "name": f"{type_name}-{order}",
                "table": ("holding", "input")[at % 2],
                "register": 4 * at,
                "type": type_name,
                "order": order,
                "unit": "ppm",
            }
            for at, (type_name, order) in enumerate(names)
        ],
    }


@pytest.fixture
def every(serve: Any, bench_of: Any) -> Any:
    profile = every_profile()
    values = {row["name"]: VALUES[row["type"]] for row in profile["channel"]}
    return serve(bench_of({"profile": profile, "values": values, "turnaround_ms": 1}, baud=115200))


def test_pymodbus_reads_every_type_in_every_order(every: Any) -> None:
    client = ModbusSerialClient(every.path(), baudrate=115200, timeout=2, retries=0)
    assert client.connect()
    for row in every_profile()["channel"]:
        read = client.read_holding_registers if row["table"] == "holding" else client.read_input_registers
        datatype = TYPES[row["type"]]
        registers = read(row["register"], count=datatype.value[1], device_id=3).registers
        if row["order"] in ("BADC", "DCBA"):
            registers = [register >> 8 | (register & 0xFF) << 8 for register in registers]
        words = "little" if row["order"] in ("CDAB", "DCBA") else "big"
        value = client.convert_from_registers(registers, datatype, word_order=words)  # type: ignore[arg-type]
        assert value == pytest.approx(VALUES[row["type"]], rel=1e-7), row["name"]
    client.close()  # type: ignore[no-untyped-call]
    said = {name: value for entry in every.answers(32) for name, value in entry["values"].items()}
    assert said == {row["name"]: VALUES[row["type"]] for row in every_profile()["channel"]}


def test_minimalmodbus_reads_every_type_in_every_order(every: Any) -> None:
    instrument = minimalmodbus.Instrument(every.path(), 3)
    instrument.serial.baudrate = 115200
    instrument.serial.timeout = 2
    byte_orders = {
        "ABCD": minimalmodbus.BYTEORDER_BIG,
        "CDAB": minimalmodbus.BYTEORDER_LITTLE_SWAP,
        "BADC": minimalmodbus.BYTEORDER_BIG_SWAP,
        "DCBA": minimalmodbus.BYTEORDER_LITTLE,
    }
    for row in every_profile()["channel"]:
        at, function = row["register"], 3 if row["table"] == "holding" else 4
        kind, count, order = row["type"], TYPES[row["type"]].value[1], byte_orders[row["order"]]
        if count == 1:
            value = instrument.read_register(at, functioncode=function, signed=kind == "int16")
            if row["order"] in ("BADC", "DCBA"):  # minimalmodbus has no byte order for one register
                form = FORMATS[kind]
                (value,) = struct.unpack(f"<{form}", struct.pack(f">{form}", value))
        elif kind.startswith("float"):
            value = instrument.read_float(at, function, count, order)
        else:
            value = instrument.read_long(at, function, kind.startswith("int"), order, count)
        assert value == pytest.approx(VALUES[kind], rel=1e-7), row["name"]
    instrument.serial.close()


@pytest.mark.needs("mbpoll")
def test_mbpoll_reads(serve: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": {"v0": 1234, "v9": 65535}}))
    command = ["mbpoll", "-m", "rtu", "-a3", "-b9600", "-Pnone", "-t4", "-0", "-r0", "-c10", "-1", "-q"]
    done = subprocess.run([*command, served.path()], capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("[")] == [
        ["[0]:", "1234"],
        *[[f"[{at}]:", "0"] for at in range(1, 9)],
        ["[9]:", "65535"],
    ]


FRAMER = FramerRTU(DecodePDU(is_server=True))
PROFILE = {
    "profile": {"name": "p", "protocol": "modbus", "max_registers": 20, "max_gap": 2},
    "setting": [{"name": "order", "type": "string", "help": "-"}],
    "channel": [
        {
            "name": "voc",
            "table": "holding",
            "register": 10,
            "type": "int16",
            "divisor": 10,
            "offset": -5,
            "unit": "ppm",
            "invalid": [32767],
        },
        {
            "name": "temperature",
            "table": "holding",
            "register": 13,
            "type": "float32",
            "order": "$order",
            "unit": "°C",
        },
        {"name": "far", "table": "holding", "register": 18, "type": "uint16", "unit": "ppm"},
    ],
    "status": [
        {
            "name": "state",
            "table": "input",
            "register": 0,
            "type": "uint16",
            "values": [{"is": 7, "flag": "F"}, {"is": 3, "flag": "N"}],
        },
        {
            "name": "alarms",
            "table": "input",
            "register": 0,
            "type": "uint16",
            "bits": [{"bit": 0, "flag": "D"}],
        },
    ],
}


def instrument(**values: Any) -> ModbusInstrument:
    scripts = {name: Script(value, f"w: values: {name}") for name, value in values.items()}
    return ModbusInstrument(3, resolve(PROFILE, {"order": "CDAB"}), scripts, "w")


def asked(device: ModbusInstrument, pdu: str, elapsed_s: float = 0.0) -> tuple[str, dict[str, float | None]]:
    """The answer's PDU in hex and what it said, to a request given as PDU in hex."""
    request = FRAMER.encode(bytes.fromhex(pdu), 3, 0)
    assert device.request_length(request) == len(request)
    answer = device.answer(request, elapsed_s)
    assert answer is not None
    assert FRAMER.check_CRC(answer.frame[:-2], int.from_bytes(answer.frame[-2:], "big"))
    assert answer.frame[0] == 3
    return answer.frame[1:-2].hex(" "), answer.values


def test_scale_offset_and_what_is_said() -> None:
    device = instrument(voc=[[0, 12.34], [10, 99.96]], temperature=21.123456789)
    assert asked(device, "03 000A 0001") == ("03 02 00 ad", {"voc": 12.3})
    assert asked(device, "03 000A 0001", 10) == ("03 02 04 1a", {"voc": 100.0})
    said = asked(device, "03 000D 0002")[1]
    assert said == {"temperature": 21.1235}


def test_only_channels_that_stand_whole_in_the_answer_were_said() -> None:
    device = instrument(voc=1, temperature=2, far=3)
    assert asked(device, "03 000A 0005")[1] == {"voc": 1.0, "temperature": 2.0}
    assert asked(device, "03 000D 0003")[0] == "83 02"
    assert asked(device, "03 0012 0001")[1] == {"far": 3.0}
    assert asked(device, "03 000A 0004")[1] == {"voc": 1.0}
    assert asked(device, "03 000E 0001")[1] == {}


def test_gaps_as_wide_as_the_profile_says_may_be_read() -> None:
    device = instrument(voc=1, temperature=2)
    assert asked(device, "03 000A 0005")[0].startswith("03 0a 00 3c 00 00 00 00")
    assert asked(device, "03 000B 0002")[0] == "03 04 00 00 00 00"
    assert asked(device, "03 000F 0001")[0] == "83 02"  # three registers wide: unknown
    assert asked(device, "03 0009 0002")[0] == "83 02"
    assert asked(device, "03 0012 0002")[0] == "83 02"


@pytest.mark.parametrize(
    ("pdu", "answer", "why"),
    [
        ("04 000A 0001", "84 02", "another table"),
        ("41 00 00", "c1 01", "unknown function"),
        ("01 0000 0001", "81 01", "coils, which a profile does not have"),
        ("0F 0000 0001 01 01", "8f 01", "writing coils"),
        ("03 000A 0000", "83 03", "no registers"),
        ("03 000A 007E", "83 03", "more than a frame carries"),
        ("03 000A 0015", "83 03", "more than this device allows"),
        ("06 000A 0001", "86 02", "writing what is measured"),
        ("16 000A FFFF 0000", "96 02", "masking, which reads before it writes"),
        ("10 000A 0001 02 0001", "90 02", "writing what is measured"),
    ],
)
def test_refusals(pdu: str, answer: str, why: str) -> None:
    assert asked(instrument(voc=1), pdu) == (answer, {}), why


def test_statuses_say_their_usual_state_or_their_script() -> None:
    assert asked(instrument(), "04 0000 0001") == ("04 02 00 03", {})
    assert asked(instrument(state=7), "04 0000 0001")[0] == "04 02 00 07"
    assert asked(instrument(alarms=1), "04 0000 0001")[0] == "04 02 00 01"


def test_no_value() -> None:
    device = instrument(voc=math.nan, temperature=math.nan)
    assert asked(device, "03 000A 0001") == ("03 02 7f ff", {"voc": None})
    assert asked(device, "03 000D 0002")[1] == {"temperature": None}
    with pytest.raises(BenchError) as caught:
        instrument(far=math.nan)
    assert str(caught.value) == "w: values: far: this channel has no `invalid` value to say nan with"


def test_a_converter_saturates() -> None:
    assert asked(instrument(far=-5), "03 0012 0001") == ("03 02 00 00", {"far": 0.0})
    assert asked(instrument(far=1e9), "03 0012 0001") == ("03 02 ff ff", {"far": 65535.0})
    assert asked(instrument(voc=-1e9), "03 000A 0001") == ("03 02 80 00", {"voc": -3281.8 + 0.0})


def test_others_and_broadcasts_are_not_answered() -> None:
    device = instrument()
    for address in (0, 4):
        assert device.answer(FRAMER.encode(bytes.fromhex("03 000A 0001"), address, 0), 0) is None
    assert device.answer(FRAMER.encode(bytes.fromhex("83 02"), 3, 0), 0) is None


def test_a_setting_that_no_layout_can_be_made_of() -> None:
    with pytest.raises(
        BenchError, match=r"^w: temperature: order: 'ABDC' is none of ABCD, CDAB, BADC, DCBA$"
    ):
        ModbusInstrument(3, resolve(PROFILE, {"order": "ABDC"}), {}, "w")


@given(type_name=st.sampled_from(list(VALUES)), order=st.sampled_from(ORDERS), raw=st.integers(0, 2**64 - 1))
def test_registers_hold_the_number_in_their_order(type_name: str, order: str, raw: int) -> None:
    """Held against struct and the letters of the order: A is the most significant byte of its
    half for 32 bits; 64 bits follow the same two rules (words reversed, bytes swapped)."""
    form = FORMATS[type_name]
    packed = raw.to_bytes(8, "big")[: struct.calcsize(form)]
    (number,) = struct.unpack(f">{form}", packed)
    if math.isnan(number):
        return
    words = [packed[at : at + 2] for at in range(0, len(packed), 2)]
    if order in ("CDAB", "DCBA"):
        words.reverse()
    if order in ("BADC", "DCBA"):
        words = [word[::-1] for word in words]
    assert registers_of(number, type_name, order) == [int.from_bytes(word, "big") for word in words]


@given(value=st.floats(-3000, 3000), scale=st.sampled_from([1.0, 0.1, 0.01, 2.5]), offset=st.floats(-50, 50))
def test_what_is_said_is_the_script_rounded_to_the_resolution(
    value: float, scale: float, offset: float
) -> None:
    profile = {
        "profile": {"name": "p", "protocol": "modbus"},
        "channel": [
            {
                "name": "v",
                "table": "input",
                "register": 0,
                "type": "int32",
                "scale": scale,
                "offset": offset,
                "unit": "ppm",
            }
        ],
    }
    device = ModbusInstrument(3, resolve(profile, {}), {"v": Script(value, "v")}, "w")
    frame, values = asked(device, "04 0000 0002")
    (raw,) = struct.unpack(">i", bytes.fromhex(frame)[2:])
    said = values["v"]
    assert said is not None
    assert said == raw * scale / 1.0 + offset
    assert abs(said - value) <= scale / 2 + 1e-9


@given(value=st.floats(-1e30, 1e30))
def test_a_float32_is_said_in_decimals_that_it_keeps(value: float) -> None:
    frame, said = asked(instrument(temperature=value), "03 000D 0002")
    low, high = struct.unpack(">2s2s", bytes.fromhex(frame)[2:])  # CDAB
    (heard,) = struct.unpack(">f", high + low)
    assert said["temperature"] == float(f"{heard:.6g}")
    assert said["temperature"] == pytest.approx(value, rel=5.1e-6, abs=1.3e-38)


@given(noise=st.binary(max_size=40))
def test_noise_is_never_a_request(noise: bytes) -> None:
    size = FRAMINGS["rtu"].request_length(noise)
    assert size == 0 or FRAMER.check_CRC(noise[: size - 2], int.from_bytes(noise[size - 2 : size], "big"))


def test_every_prefix_of_a_request_is_incomplete() -> None:
    request = FRAMER.encode(bytes.fromhex("10 000A 0002 04 00010002"), 3, 0)
    assert [FRAMINGS["rtu"].request_length(request[:size]) for size in range(len(request))] == [0] * 13
    assert FRAMINGS["rtu"].request_length(request + b"\x03\x03") == len(request) == 13


def test_a_command_is_taken_and_its_status_shows_it_and_every_other_write_is_refused() -> None:
    profile = every_profile()
    place = {"table": "holding", "type": "uint16"}
    state = {"bit": 3, "flag": "C", "condition": "zeroing"}
    profile["status"] = [{**place, "name": "mode", "register": 900, "bits": [state]}]
    zero = {**place, "name": "zero", "register": 901, "value": 7, "reads": "mode", "shows": "zeroing"}
    profile["command"] = [zero]
    instrument = ModbusInstrument(1, resolve(profile, {}), {}, "rig")

    def asked(pdu: str) -> bytes:
        answer = instrument.answer(FramerRTU(DecodePDU(True)).encode(bytes.fromhex(pdu), 1, 0), 0.0)
        assert answer is not None
        return answer.frame[1:-2]

    assert asked("03 0384 0001").hex() == "03020000"
    assert asked("06 0385 0008").hex() == "8603", "another value"
    assert asked("06 0384 0007").hex() == "8602", "no command"
    assert asked("06 0385 0007").hex() == "0603850007"
    assert asked("03 0384 0001").hex() == "03020008"
