"""What a scan is told to ask, and how long it says that takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.scan.settings import (
    ADDRESSES,
    SETTINGS,
    Plan,
    Setting,
    WrongChoice,
    numbers,
    protocols_of,
    settings_of,
)


def test_addresses_and_speeds_as_a_person_writes_them() -> None:
    assert numbers("1-3,7, 2", 1, 247, "--addresses") == [1, 2, 3, 7]


@pytest.mark.parametrize("text", ["", "a", "1-", "-3", "3-1", "0", "248", "1-300", "1,,2", "9" * 30, "²"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(WrongChoice, match="--addresses"):
        numbers(text, 1, 247, "--addresses")


@given(st.text(max_size=20))
def test_any_text_is_numbers_within_the_range_or_refused(text: str) -> None:
    try:
        found = numbers(text, 1, 247, "x")
    except WrongChoice:
        return
    assert found
    assert all(1 <= number <= 247 for number in found)
    assert len(found) == len(set(found))


def test_the_usual_settings_come_first_and_a_known_line_before_all() -> None:
    assert settings_of("/dev/x", None, None) == list(SETTINGS)
    assert [str(each) for each in SETTINGS[:3]] == ["9600 8N1", "19200 8E1", "4800 8N1"]
    known = settings_of("/dev/x", None, None, Setting(38400, "8O1"))
    assert known[0] == Setting(38400, "8O1")
    assert settings_of("/dev/x", "9600,19200", "8n1,8E1") == [
        Setting(9600, "8N1"),
        Setting(9600, "8E1"),
        Setting(19200, "8N1"),
        Setting(19200, "8E1"),
    ]
    assert settings_of("/dev/x", "9600", None) == [Setting(9600, "8N1"), Setting(9600, "8E1")]
    server = settings_of("rtu+tcp://10.0.0.5:4001", "19200", "8E1")
    assert server == [Setting(19200, "8E1", "rtu+tcp")], "it has the settings that it has"
    assert [each.medium for each in settings_of("tcp://10.0.0.5:502", None, None)] == ["tcp"]
    with pytest.raises(WrongChoice, match=r"tcp://10\.0\.0\.5: it names no port"):
        settings_of("tcp://10.0.0.5", None, None)
    with pytest.raises(WrongChoice, match=r"--baud '9600-19200': expected speeds, as in 9600,19200"):
        settings_of("/dev/x", "9600-19200", None)
    with pytest.raises(WrongChoice, match=r"--framing '9N1'"):
        settings_of("/dev/x", None, "9N1")
    with pytest.raises(WrongChoice, match=r"--protocols 'modem' is none of modbus"):
        protocols_of("modem")


def test_the_time_is_questions_by_time_out_wire_and_silence() -> None:
    plan = Plan([Setting(9600, "8N1")], [1, 2], protocols_of("modbus"), 100)
    character_ms = 10 / 9.6
    one_address = (8 + 8 + 7) * character_ms + 3 * (100 + 3.5 * character_ms)
    assert plan.questions_at(plan.settings[0]) == 6
    assert plan.seconds_at(plan.settings[0]) == pytest.approx(2 * one_address / 1000)


def test_addresses_that_a_protocol_has_not_are_left_out_and_speeds_too() -> None:
    plan = Plan(SETTINGS, [0, 1, 247, 248, 999], protocols_of(None), 100)
    asked = {each.name: list(plan.asked(each)) for each in plan.protocols}
    assert asked["modbus"] == [1, 247]
    assert asked["bayern-hessen"] == [0, 1, 247, 248, 999]
    assert asked["ak"] == [None]
    assert "shdlc" not in [each.name for each in plan.protocols_at(Setting(9600, "8N1"))]
    assert "shdlc" in [each.name for each in plan.protocols_at(Setting(115200, "8N1"))]
    assert {1, 32, 126, 201, 247} <= set(ADDRESSES)
    network = Setting(9600, "8N1", "tcp")
    assert [(each.name, list(plan.asked(each))) for each in plan.protocols_at(network)] == [
        ("modbus", [0, 1, 247, 248])
    ]
