"""Who is there: literal answers in, drivers that fit out; and that nothing but reads is ever asked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, Request, WireError
from drivers.identification import (
    PROTOCOLS,
    Found,
    answers,
    any_settings,
    ask,
    check_reads,
    identified,
    only_reads,
    presence,
)
from drivers.wire import modbus_pdu
from drivers.wire.ak import AkRequest
from drivers.wire.bayern_hessen import Control
from drivers.wire.c_link import CLinkSet
from drivers.wire.dcon import ReadInputs
from drivers.wire.modbus_rtu import RtuRequest, with_crc
from drivers.wire.shdlc import START, ShdlcRequest
from tests.dialogue import created
from tools.scan.sweep import known_drivers

DRIVERS = known_drivers()
READ_FUNCTIONS = {1, 2, 3, 4, 43}
PYMODBUS = DecodePDU(is_server=True)

Respond = Callable[[bytes], bytes | None]


def play(talk: Any, respond: Respond) -> tuple[Found, list[bytes]]:
    """The conversation to its end: what it returns, and what it asked."""
    asked: list[bytes] = []
    value: Any = None
    failure: Exception | None = None
    while True:
        try:
            request: Request = talk.throw(failure) if failure is not None else talk.send(value)
        except StopIteration as end:
            return end.value, asked
        asked.append(request.encode())
        value, failure = None, None
        reply = respond(asked[-1])
        try:
            value = None if reply is None else request.parse(reply)
        except (Refused, WireError) as error:
            failure = error
        if value is None and failure is None:
            failure = NoAnswer(100)


def device(registers: dict[int, int], objects: dict[int, str] | None = None) -> Respond:
    """A Modbus device with these holding registers; it refuses what it has not, individual objects
    alone where it has any."""

    def respond(request: bytes) -> bytes:
        function, start, count = request[1], request[2] << 8 | request[3], request[4] << 8 | request[5]
        if function == 43:
            if objects is None:
                return with_crc(bytes((request[0], 0xAB, 1)))
            if request[3] != 4 or request[4] not in objects:
                return with_crc(bytes((request[0], 0xAB, 3 if request[3] != 4 else 2)))
            text = objects[request[4]].encode()
            head = bytes((request[0], 43, 14, 4, 0x81, 0, 0, 1, request[4], len(text)))
            return with_crc(head + text)
        if function != 3:
            return with_crc(bytes((request[0], function | 0x80, 1)))
        if any(register not in registers for register in range(start, start + count)):
            return with_crc(bytes((request[0], 0x83, 2)))
        words = b"".join(registers[register].to_bytes(2, "big") for register in range(start, start + count))
        return with_crc(bytes((request[0], 3, 2 * count)) + words)

    return respond


AQT = dict.fromkeys((*range(0x00, 0x03), *range(0x04, 0x07), *range(0x08, 0x0D)), 21)
AQT_SAYS = {0: "Vaisala", 1: "AQT530", 2: "1.2", 0x80: "P1234567"}


def test_a_model_that_says_so_itself_fits() -> None:
    """Vaisala M212572EN-E: individual access to objects 0x00, 0x01, 0x02 and 0x80."""
    found, _ = play(identified("modbus", 9, DRIVERS), device(AQT, AQT_SAYS))
    assert found.fits == ("vaisala-aqt530",)
    assert dict(found.facts) == {
        "vendor": "Vaisala",
        "model": "AQT530",
        "version": "1.2",
        "serial number": "P1234567",
    }


def test_another_model_of_the_vendor_does_not() -> None:
    found, _ = play(identified("modbus", 9, DRIVERS), device(AQT, {**AQT_SAYS, 1: "AQT400"}))
    assert found.fits == ()
    assert "vaisala-aqt530" not in found.could_be


def test_without_identification_the_readable_registers_say_what_it_could_be() -> None:
    """PluraSens E2638: hardware, software version and serial number at 1, 2, 3; gas at 0x103."""
    evikon = device({1: 3, 2: 207, 3: 991, 0xFF: 0, 0x103: 12})
    two = [row for row in DRIVERS if row[0] in ("evikon-e2638-pid", "honeywell-raeguard3")]
    found, _ = play(identified("modbus", 1, two), evikon)
    assert (found.fits, found.could_be) == ((), ("evikon-e2638-pid",))
    assert dict(found.facts) == {"hardware version": "3", "software version": "207", "serial number": "991"}


def test_what_only_shows_is_not_asked_of_a_model_that_does_not_fit() -> None:
    evikon = [row for row in DRIVERS if row[0] == "evikon-e2638-pid"]
    _, asked = play(identified("modbus", 1, evikon), device({1: 3, 2: 207, 3: 991}))
    assert not [
        request for request in asked if request[1] == 3 and request[2:4] in (b"\0\1", b"\0\2", b"\0\3")
    ]


def test_no_question_is_asked_twice() -> None:
    profile = catalogue.load_profile("honeywell-raeguard3")
    twins = [("one", "modbus", profile), ("other", "modbus", profile)]
    found, asked = play(identified("modbus", 1, twins), device({8: 0, 9: 209}))
    assert found.could_be == ("one", "other")
    assert len(asked) == len(set(asked))


def test_a_function_that_it_says_it_lacks_is_not_asked_again() -> None:
    """That is many profiles' questions less: `device` has holding registers alone."""
    _, asked = play(identified("modbus", 1, DRIVERS), device({8: 0, 9: 209}))
    functions = [frame[1] for frame in asked]
    assert {functions.count(function) for function in (1, 2, 4)} == {1}


def test_the_most_particular_map_comes_first() -> None:
    found, _ = play(identified("modbus", 1, DRIVERS), device(dict.fromkeys(range(1000), 0)))
    drivers = [created(name, any_settings(catalogue.load_profile(name)), 1) for name in found.could_be]
    registers = [sum(question.pdu.count for question in driver.questions()) for driver in drivers]
    assert registers == sorted(registers, reverse=True), "few registers prove least"
    assert set(found.could_be) >= {"lanbao-nmhc", "renke-fsxcs", "evikon-e2638-pid"}


def test_a_relay_module_is_told_by_its_coils() -> None:
    def respond(request: bytes) -> bytes:
        if request[1] == 1:
            return with_crc(bytes((request[0], 1, 1, 0)))
        return with_crc(bytes((request[0], request[1] | 0x80, 1)))

    found, _ = play(identified("modbus", 1, DRIVERS), respond)
    assert found == ((("coils", "can be read, as of a relay module (docs/outputs.md)"),), (), ())


def test_a_device_that_answers_nothing_more_is_unknown() -> None:
    found, _ = play(identified("modbus", 1, DRIVERS), lambda request: None)
    assert found == ((), (), ())


def test_a_bayern_hessen_instrument_says_how_many_values_it_has() -> None:
    answer = b"\x02MD02 014 +2578+01 00 00 0140000000 015 +1000+00 00 00 0140000000 \x03"
    check = 0
    for byte in answer:
        check ^= byte
    found, _ = play(identified("bayern-hessen", 14, DRIVERS), lambda _: answer + b"%02X" % check)
    assert found.facts == (("values", "2"), ("serial number", "0140000000"))
    assert "thermo-5030i" in found.could_be


def test_a_module_that_says_its_name_fits() -> None:
    """ADAM-4000 manual: `$AAM` is answered `!AA` and the name."""
    found, _ = play(
        identified("dcon", 1, DRIVERS), lambda asked: b"!014017P\r" if asked == b"$01M\r" else None
    )
    assert (found.facts, found.fits, found.could_be) == ((("name", "4017P"),), ("adam-4017",), ())
    other, _ = play(
        identified("dcon", 1, DRIVERS), lambda asked: b"!014018\r" if asked == b"$01M\r" else None
    )
    assert (other.fits, other.could_be) == ((), ("adam-4017",))


def test_what_counts_as_a_sign_of_life() -> None:
    assert answers(None)
    assert answers(Refused(2, "illegal data address"))
    assert not answers(Refused(11, "gateway target device failed to respond"))
    assert not answers(NoAnswer(100))
    assert not answers(WireError("CRC", 1, 2))


# -- never a write --------------------------------------------------------------------------


def reads_only(protocol: str, data: bytes) -> bool:
    """Independently of the code under test: pymodbus for Modbus, literal frames for the rest."""
    if protocol == "modbus":
        _, pdu = FramerRTU(PYMODBUS).handleFrame(data, 0, 0)
        return pdu is not None and pdu.function_code in READ_FUNCTIONS
    if protocol == "bayern-hessen":
        return data[:3] == b"\x02DA"
    if protocol == "c-link":
        return data[1:] == b"flags\r"
    if protocol == "ak":
        return data == b"\x02 AKEN K0\x03"
    if protocol == "dcon":
        return data[:1] == b"$" and data[3:4] == b"M" and len(data) in (5, 7)
    if protocol == "umb":
        return data[8] == 0x23
    for stuffed, byte in ((b"}1", b"\x11"), (b"}3", b"\x13"), (b"}^", b"~"), (b"}]", b"}")):
        data = data.replace(stuffed, byte)
    return protocol == "shdlc" and data[2] == 0xD0


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_every_question_of_presence_reads(protocol: Any) -> None:
    low, high = protocol.addresses or (None, None)
    whom = [None] if low is None else range(low, high + 1)
    for address in whom:
        for request in presence(protocol.name, address):
            assert reads_only(protocol.name, request.encode())
            assert request.repeatable
            check_reads(protocol.name, request.encode())


@given(st.data())
def test_whatever_an_instrument_answers_only_reads_follow(data: Any) -> None:
    """Silence, refusals, nonsense, identities and registers in any mixture."""
    whole = device(dict.fromkeys(range(2000), data.draw(st.integers(0, 65535))), AQT_SAYS)

    def respond(request: bytes) -> bytes | None:
        return data.draw(
            st.sampled_from(
                (
                    None,
                    with_crc(bytes((request[0], request[1] | 0x80, data.draw(st.integers(1, 11))))),
                    with_crc(bytes((request[0], request[1], 2, 0, 0))),
                    whole(request),
                )
            )
        )

    _, asked = play(only_reads("modbus", identified("modbus", 5, DRIVERS)), respond)
    assert asked
    assert all(reads_only("modbus", request) for request in asked)


WRITES = [
    ("modbus", RtuRequest(1, modbus_pdu.WriteCoil(0, True))),
    ("modbus", RtuRequest(1, modbus_pdu.WriteRegister(0, 1))),
    ("modbus", RtuRequest(1, modbus_pdu.WriteCoils(0, [True]))),
    ("modbus", RtuRequest(1, modbus_pdu.WriteRegisters(0, [1]))),
    ("modbus", RtuRequest(1, modbus_pdu.MaskWrite(0, 1, 2))),
    ("modbus", RtuRequest(1, modbus_pdu.ReadWriteRegisters(0, 1, 0, [1]))),
    ("bayern-hessen", Control(14, "N")),
    ("c-link", CLinkSet(14, "set mode remote")),
    ("ak", AkRequest("SREM")),
    ("ak", AkRequest("SNAB", 1)),
    ("shdlc", ShdlcRequest(0, START, b"\x01\x03")),
    ("shdlc", ShdlcRequest(0xD0, START, b"\x01\x03")),
    ("umb", presence("modbus", 1)[0]),
    ("dcon", ReadInputs(1, 8, False)),
]


@pytest.mark.parametrize(("protocol", "request_"), WRITES)
def test_a_write_is_refused_before_it_is_asked(protocol: str, request_: Request) -> None:
    with pytest.raises(ValueError, match="is not one of the questions that only read"):
        only_reads(protocol, ask(request_)).send(None)


def test_every_function_code_but_the_reads_is_refused() -> None:
    for function in range(256):
        frame = bytes((1, function, 14, 0, 0, 1, 0, 0))
        if function in READ_FUNCTIONS:
            check_reads("modbus", frame)
        else:
            with pytest.raises(ValueError, match="only read"):
                check_reads("modbus", frame)
    with pytest.raises(ValueError, match="only read"):
        check_reads("modbus", bytes((1, 43, 13, 0)))  # another encapsulated interface
