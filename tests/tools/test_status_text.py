"""What `fenceline status` says of a line whose port is lost, or open and not yet heard over."""

from tools.commands.status import _alarm_load, _archive, _line

TROUBLE = "port tcp://10.0.0.7:502: no answer from 10.0.0.7 within 5 s\n  hint: its power"
ROW = {
    "id": "a",
    "port": "tcp://10.0.0.7:502",
    "open": False,
    "trouble": TROUBLE,
    "load": 0.5,
    "errors": {"asked": 3},
    "noise_bytes": 0,
    "low_latency": None,
}


def test_a_lost_port() -> None:
    assert list(_line(ROW, [])) == [
        "",
        "line a (tcp://10.0.0.7:502): PORT LOST, 3 asked",
        "  port tcp://10.0.0.7:502: no answer from 10.0.0.7 within 5 s",
        "    hint: its power",
    ]


def test_a_connection_over_which_nothing_has_come_yet() -> None:
    assert list(_line({**ROW, "open": True}, []))[1:3] == [
        "line a (tcp://10.0.0.7:502): load 50%, 3 asked",
        "  connected again, but nothing has come over it yet; it was lost:",
    ]
    assert len(list(_line({**ROW, "open": True, "trouble": None}, []))) == 2


def test_strangers_on_a_line() -> None:
    sound = {**ROW, "open": True, "trouble": None}
    told = {**sound, "foreign_frames": 7, "second_master": "function 3 asked of address 5"}
    assert list(_line(told, []))[2] == (
        "  SECOND MASTER: function 3 asked of address 5; readings are D until it is quiet"
    )
    assert list(_line({**told, "second_master": None}, []))[2] == "  7 frames that nobody here asked for"


def test_an_echo_that_is_not_as_set() -> None:
    sound = {**ROW, "open": True, "trouble": None}
    said = {
        (False, True): ["  an echo is heard: set echo = true"],
        (True, False): ["  no echo is heard: leave echo out"],
        (True, True): [],
        (False, False): [],
        (False, None): [],
    }
    for (expected, heard), lines in said.items():
        assert list(_line({**sound, "echo": {"set": expected, "heard": heard}}, []))[2:] == lines


def test_the_archive() -> None:
    sound = {"failing": None, "bytes": 12_340_000, "lost": 0, "unplaced": 0}
    assert _archive(sound) == "archive 12.3 MB"
    assert _archive({**sound, "lost": 7}) == "archive 12.3 MB, 7 readings not readable"
    assert _archive({**sound, "failing": "disk full"}) == "ARCHIVE FAILING: disk full"


def test_what_the_alarms_ask_of_people() -> None:
    calm = {"flood": 0, "chatter": {}, "stale": []}
    assert list(_alarm_load(None)) == list(_alarm_load(calm)) == []
    assert list(_alarm_load({"flood": 12, "chatter": {"a": 3, "b": 9}, "stale": ["c"]})) == [
        "ALARM FLOOD: 12 raised since it began",
        "alarms, chatter: a, b",
        "alarms, stale: c",
    ]
