"""`fenceline decode` over the literal talks of the drivers, and as a process."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.exchange import Refused, WireError
from drivers.wire.modbus_pdu import ReadRegisters
from drivers.wire.modbus_rtu import with_crc
from drivers.wire.modbus_tcp import TcpRequest
from tests.frames.row import as_bytes
from tools.decoding.modbus import decode_modbus
from tools.decoding.others import decode_others
from tools.decoding.result import Decoded, NotDecoded

REPLY = "01 03 04 00 00 00 D1 3A 6F"  # RAEGuard 3 manual p. 81
RAEGUARD = catalogue.load_profile("honeywell-raeguard3")
TALKS = [
    dialogue
    for path in sorted((Path(__file__).parents[1] / "dialogues").glob("*.py"))
    for dialogue in importlib.import_module(f"tests.dialogues.{path.stem}").DIALOGUES
    if dialogue.operation == "measure"
    and isinstance(dialogue.said, list)
    and all(answered is not None for _, answered in dialogue.talk)
]
NAMES = [f"{dialogue.driver}-{at}" for at, dialogue in enumerate(TALKS)]


def decoded(name: str, replies: list[bytes], request: bytes | None, settings: dict[str, Any]) -> Decoded:
    about = catalogue.describe(name)
    if about.kind == "profile":
        return decode_modbus(catalogue.load_profile(name), replies, request, settings)
    return decode_others(name, replies, request, settings, None)


@pytest.mark.parametrize("dialogue", TALKS, ids=NAMES)
def test_the_answers_of_a_whole_poll_give_what_the_driver_says(dialogue: Any) -> None:
    replies = [as_bytes(answered) for _, answered in dialogue.talk]
    try:
        got = decoded(dialogue.driver, replies, as_bytes(dialogue.talk[0][0]) or None, dialogue.settings)
    except Refused:
        assert all(row[3] != "N" for row in dialogue.said), "the driver did not take it for a refusal"
        return
    assert [tuple(sample) for sample in got.samples] == [tuple(row) for row in dialogue.said]


@pytest.mark.parametrize("dialogue", TALKS, ids=NAMES)
def test_each_answer_alone_is_found_its_question_and_one_cut_short_never_is(dialogue: Any) -> None:
    for _, answered in dialogue.talk:
        frame = as_bytes(answered)
        try:
            got = decoded(dialogue.driver, [frame], None, dialogue.settings)
        except Refused:
            continue
        assert got.fields
        with pytest.raises((NotDecoded, WireError, Refused)):
            decoded(dialogue.driver, [frame[: len(frame) // 2]], None, dialogue.settings)


@given(name=st.sampled_from(catalogue.names()), noise=st.binary(min_size=1, max_size=40))
def test_noise_is_refused_or_read_and_nothing_else(name: str, noise: bytes) -> None:
    try:
        result = decoded(name, [noise], None, {}).as_dict()
    except (NotDecoded, WireError, Refused, ValueError):
        return
    json.dumps(result)


@given(at=st.integers(0, 8), bit=st.integers(0, 7))
def test_a_wrong_bit_is_refused(at: int, bit: int) -> None:
    damaged = bytearray(as_bytes(REPLY))
    damaged[at] ^= 1 << bit
    with pytest.raises((WireError, NotDecoded, ValueError)):
        decode_modbus(RAEGUARD, [bytes(damaged)], None, {"divisor": 10})


def test_a_wider_read_of_somebody_else_is_decoded_by_its_request() -> None:
    request = with_crc(bytes.fromhex("010300060006"))
    reply = with_crc(bytes.fromhex("01030C0001 0002 0000 00D1 0003 0004"))
    got = decode_modbus(RAEGUARD, [reply], request, {"divisor": 10})
    assert [(s.channel, s.value) for s in got.samples] == [("voc", 20.9)]
    with pytest.raises(WireError, match="byte count"):
        decode_modbus(RAEGUARD, [reply], None, {"divisor": 10})


def test_a_wrong_or_damaged_request_is_named() -> None:
    with pytest.raises(NotDecoded, match="no read of registers"):
        decode_modbus(RAEGUARD, [as_bytes(REPLY)], with_crc(bytes.fromhex("010600080001")), {})
    with pytest.raises(NotDecoded, match="damaged: it should be 01 03 00 08 00 02 45 C9"):
        decode_modbus(RAEGUARD, [as_bytes(REPLY)], bytes.fromhex("010300080002 45C8"), {})


def test_an_answer_of_modbus_tcp_is_known_by_its_header() -> None:
    request = TcpRequest(1, ReadRegisters(3, 8, 2), 7).encode()
    reply = bytes.fromhex("0007 0000 0007 01 0304000000D1")
    for asked in (request, None):
        got = decode_modbus(RAEGUARD, [reply], asked, {"divisor": 10})
        assert [s.value for s in got.samples] == [20.9]


def test_an_answer_that_fits_several_questions_says_so() -> None:
    channel = {"table": "holding", "type": "uint16", "unit": "ppm"}
    profile = {
        "profile": {"name": "rig", "protocol": "modbus"},
        "channel": [{**channel, "name": "a", "register": 0}, {**channel, "name": "b", "register": 9}],
    }
    reply = with_crc(bytes.fromhex("0103020007"))
    got = decode_modbus(profile, [reply], None, {})
    assert [s.channel for s in got.samples] == ["a"]
    assert got.conditions == ["it fits 2 of the driver's questions: --request tells which"]
    got = decode_modbus(profile, [reply], with_crc(bytes.fromhex("010300090001")), {})
    assert [s.channel for s in got.samples] == ["b"]


@pytest.mark.parametrize("open_key", ["type", "order", "unit", "divisor", "offset"])
def test_a_missing_setting_leaves_the_number_as_it_stands(open_key: str) -> None:
    row = {"name": "a", "table": "holding", "register": 0, "type": "int32", "order": "CDAB", "divisor": 10}
    setting = {"name": "open", "type": "string", "help": "left open by the source"}
    profile = {
        "profile": {"name": "rig", "protocol": "modbus"},
        "setting": [{**setting, "choices": ["int32", "uint32"]} if open_key == "type" else setting],
        "channel": [{**row, "unit": "ppm", "over": 5.0, open_key: "$open"}],
    }
    got = decode_modbus(profile, [with_crc(bytes.fromhex("010304 FFFE FFFF"))], None, {})
    raw = {"type": 0xFFFFFFFE, "order": 0xFFFEFFFF}.get(open_key, -2)
    assert [tuple(s) for s in got.samples] == [("a", raw, "raw", "N", ())]
    assert got.conditions == ["setting `open` is missing: raw values"]


@pytest.mark.parametrize("dialogue", TALKS, ids=NAMES)
def test_without_settings_numbers_are_raw_and_each_setting_is_named(dialogue: Any) -> None:
    names = [spec["name"] for spec in catalogue.describe(dialogue.driver).settings]
    try:
        said = decoded(dialogue.driver, [as_bytes(dialogue.talk[0][1])], None, {}).as_dict()
    except Refused:
        return
    json.dumps(said, allow_nan=False)
    assert said["ok"]
    assert said["conditions"][: len(names)] == [f"setting `{name}` is missing: raw values" for name in names]
    if catalogue.describe(dialogue.driver).kind == "python" and names:
        assert {row["unit"] for row in said["channels"]} == {"raw"}


def test_damage_is_named_by_its_check_at_whatever_address() -> None:
    (talk,) = [row for row in TALKS if row.driver == "thermo-5030i"][:1]
    damaged = bytearray(as_bytes(talk.talk[0][1]))
    damaged[len(damaged) // 2] ^= 1
    for settings in (talk.settings, {}):
        with pytest.raises(WireError, match="block check"):
            decoded("thermo-5030i", [bytes(damaged)], None, settings)


def test_of_several_complaints_the_wrong_check_is_told() -> None:
    channel = {"table": "holding", "type": "uint16", "unit": "ppm"}
    wide = {**channel, "name": "b", "register": 9, "type": "uint32"}
    profile = {
        "profile": {"name": "rig", "protocol": "modbus"},
        "channel": [{**channel, "name": "a", "register": 0}, wide],
    }
    damaged = with_crc(bytes.fromhex("01030400000007"))[:-1] + b"\0"
    with pytest.raises(WireError, match="CRC"):
        decode_modbus(profile, [damaged], None, {})


def run(fenceline: Any, *words: str | Path) -> tuple[int, Any]:
    done = fenceline("decode", *words, "--json")
    return done.returncode, json.loads(done.stdout)


def test_as_a_command(fenceline: Any, tmp_path: Path) -> None:
    status, said = run(fenceline, "honeywell-raeguard3", "--reply", REPLY, "--set", "divisor=10")
    assert status == 0
    channel = {"channel": "voc", "value": 20.9, "unit": "ppm", "flag": "N"}
    assert said == {"ok": True, "error": None, "channels": [channel], "conditions": []}
    mine = tmp_path / "mine.toml"
    mine.write_text((catalogue.PROFILES / "honeywell-raeguard3.toml").read_text())
    status, said = run(fenceline, mine, "--reply", REPLY.replace(" ", ""))
    assert status == 0
    assert said["channels"] == [{"channel": "voc", "value": 209, "unit": "raw", "flag": "N"}]
    assert said["conditions"] == ["setting `divisor` is missing: raw values"]
    status, said = run(fenceline, "honeywell-raeguard3", "--reply", REPLY.replace("6F", "6E"))
    error = "CRC: expected 0x6F3A, got 0x6E3A"
    assert (status, said) == (1, {"ok": False, "error": error, "channels": [], "conditions": []})


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["honeywell-raeguard3", "--reply", REPLY], 0, "CRC right"),
        (["honeywell-raeguard3", "--reply", "01 0G"], 1, "'0g' are no bytes"),
        (["honeywell-raeguard3", "--reply", " "], 1, "the reply has no bytes"),
        (["honeywell-raegard3", "--reply", REPLY], 2, "did you mean honeywell-raeguard3?"),
        (["honeywell-raeguard3", "--reply", REPLY, "--set", "divisor=7"], 2, "none of 1, 10"),
        (["honeywell-raeguard3", "--reply", REPLY, "--set", "divisr=7"], 2, "did you mean divisor?"),
        (["honeywell-raeguard3", "--reply", REPLY, "--set", "divisor"], 2, "write key=value"),
        (["none.toml", "--reply", REPLY], 2, "there is no such file"),
        (["honeywell-raeguard3", "--reply", "01 83 02 C0 F1"], 1, "illegal data address"),
    ],
)
def test_what_a_person_is_told(fenceline: Any, words: list[str], status: int, text: str) -> None:
    done = fenceline("decode", *words)
    assert (done.returncode, text in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
