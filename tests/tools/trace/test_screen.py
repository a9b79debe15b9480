"""What a person sees of a trace, to the letter, at 80 columns and on a phone."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.wire.modbus_rtu import with_crc
from hardware_sim.capture import Entry, Header
from tools.trace.following import Chosen, NotThere, Output
from tools.trace.frames import Instruments, framed, text_of
from tools.trace.screen import Screen

HEADER = Header("gas", 9600, "8N1", 1_795_420_800_000, "agent", (("pid-benzene", 3, "honeywell-raeguard3"),))
ASK = with_crc(bytes.fromhex("03 03 00 08 00 02"))
REPLY = with_crc(bytes.fromhex("03 03 04 00 00 00 7D"))
REFUSAL = with_crc(bytes.fromhex("03 83 02"))
FOREIGN = with_crc(bytes.fromhex("09 04 00 00 00 01"))
ENTRIES = [
    Entry(0, 8, "asked", ASK, 3),
    Entry(14, 23, "answered", REPLY, 3, 5.6, 14.83),
    Entry(1000, 1008, "asked", ASK, 3, 977.0),
    Entry(1014, 1019, "refused", REFUSAL, 3, 5.6, 10.8, "refused with 0x02 (illegal data address)"),
    Entry(2000, 2008, "asked", ASK, 3, 980.9),
    Entry(2508, 2508, "silent", b"", 3, None, None, "no answer in 500 ms"),
    Entry(2600, 2609, "late", REPLY, 3, 591.8, 600.0),
    Entry(3000, 3008, "asked", ASK, 3, 391.0),
    Entry(3014, 3023, "damaged", REPLY[:-1] + b"\x00", 3, 5.6, 14.8, "CRC: expected 0x19D2, got 0x0019"),
    Entry(15_000, 15_010, "noise", b"\xff\xfe" + FOREIGN, None, 11_977.0),
    Entry(16_000, 16_009, "heard", b"$WIMWV,1\r\n", "wind", 990.0),
]
AT_80 = """\
gas, 9600 8N1
time          gap ms   bytes  meaning
16:00:00.000          >    8 #3 pid-benzene: read holding 8..9  03 03 00 08 00…
16:00:00.014     +5.6 <    9 14.8 ms: voc = 125 raw  03 03 04 00 00 00 7D 19 D2
16:00:01.000   +977.0 >    8 #3 pid-benzene: read holding 8..9  03 03 00 08 00…
16:00:01.014     +5.6 <    5 REFUSED 10.8 ms: exception 2 illegal data address
16:00:02.000   +980.9 >    8 #3 pid-benzene: read holding 8..9  03 03 00 08 00…
16:00:02.508          <    - SILENT no answer in 500 ms
16:00:02.600   +591.8 <    9 LATE 600.0 ms: #3 pid-benzene: 0 125  03 03 04 00…
16:00:03.000   +391.0 >    8 #3 pid-benzene: read holding 8..9  03 03 00 08 00…
16:00:03.014     +5.6 <    9 DAMAGED 14.8 ms: CRC: expected 0x19D2, got 0x0019
16:00:15.000     +12s <    2 NOISE  FF FE
16:00:15.002     +0.0 <    8 FOREIGN #9: read input 0  09 04 00 00 00 01 30 82
16:00:16.000   +990.0 <   10 #wind: $WIMWV,1<CR><LF>  24 57 49 4D 57 56 2C 31…

11 frames in 16.0 s: 4 questions, 1 answers, 1 refused, 1 silent, 1 damaged, 1
    late, 1 foreign, 2 bytes of noise
  1 x exception 2 illegal data address
  1 x damaged: CRC
latency median 12.8 ms, max 14.8 ms; line load 4%
"""
AT_60 = """\
00:00.000          >    8 #3 pid-benzene: read holding 8..9
00:00.014     +5.6 <    9 14.8 ms: voc = 125 raw  03 03 04…
00:01.000   +977.0 >    8 #3 pid-benzene: read holding 8..9
00:01.014     +5.6 <    5 REFUSED 10.8 ms: exception 2 ille…
"""


@pytest.fixture(autouse=True)
def _in_china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def shown(screen: Screen | None, only: str = "", entries: list[Entry] = ENTRIES) -> list[str]:
    rows: list[str] = []
    output = Output(rows.append, screen, Chosen(only.split(",") if only else ()))
    output.begin(HEADER)
    output.take(entries)
    output.end()
    return rows


def test_at_80_columns() -> None:
    assert "".join(f"{row}\n" for row in shown(Screen(80))) == AT_80


def test_at_60_columns() -> None:
    rows = shown(Screen(60))
    assert "".join(f"{row}\n" for row in rows[2:6]) == AT_60
    assert all(len(line) <= 60 for row in rows for line in row.splitlines())


def test_colour_only_where_something_is_wrong_and_words_say_it_anyway() -> None:
    plain, coloured = shown(Screen(80)), shown(Screen(80, colour=True))
    assert [row for row in coloured if "\x1b" not in row] == [
        row
        for row in plain
        if not any(word in row for word in ("REFUSED", "SILENT", "LATE", "DAMAGED", "NOISE", "FOREIGN"))
    ]


def test_hex_shows_every_byte() -> None:
    long = Entry(0, 60, "answered", bytes(range(61)), 3, 5.0, 60.0)
    rows = list(Screen(60, whole=True).rows(next(framed([long], Instruments(HEADER), 0))))
    assert bytes.fromhex("".join(rows[1:])) == bytes(range(61))
    assert all(len(row) <= 60 for row in rows)


def test_only_one_instrument_by_address_or_id() -> None:
    assert shown(Screen(80), "9")[2:3] == [
        "16:00:15.002     +0.0 <    8 FOREIGN #9: read input 0  09 04 00 00 00 01 30 82"
    ]
    assert shown(Screen(80), "pid-benzene")[:-4] == shown(Screen(80), "3")[:-4]


def test_json_is_the_documented_contract() -> None:
    rows: list[dict[str, Any]] = [json.loads(row) for row in shown(None)]
    assert rows[1] == {
        "kind": "frame",
        "t": 1_795_420_800_014,
        "dir": "in",
        "verdict": "answered",
        "address": 3,
        "instrument": "pid-benzene",
        "gap_ms": 5.6,
        "wire_ms": 9,
        "rtt_ms": 14.83,
        "length": 9,
        "hex": REPLY.hex(),
        "meaning": "voc = 125 raw",
        "detail": None,
    }
    assert {frozenset(row) for row in rows[:-1]} == {frozenset(rows[1])}, "every frame has every key"
    assert rows[-1] == {
        "kind": "summary",
        "seconds": 16.009,
        "frames": 11,
        "verdicts": {
            "asked": 4,
            "answered": 1,
            "refused": 1,
            "silent": 1,
            "late": 1,
            "damaged": 1,
            "noise": 1,
            "foreign": 1,
            "heard": 1,
        },
        "reasons": {"exception 2 illegal data address": 1, "damaged: CRC": 1},
        "noise_bytes": 2,
        "latency_median_ms": 12.815,
        "latency_max_ms": 14.83,
        "load": pytest.approx(0.05, abs=0.02),
        "lost": 0,
    }


def test_lost_records_are_said_and_counted() -> None:
    for screen, first in ((Screen(80), "... 7 records lost"), (None, '{"kind": "lost", "count": 7}')):
        rows: list[str] = []
        output = Output(rows.append, screen, Chosen(()))
        output.begin(HEADER)
        output.take([], lost=7)
        assert rows[-1] == first
        output.take(ENTRIES[:2])
        output.end()
        assert "7 records were lost" in rows[-1] or json.loads(rows[-1])["lost"] == 7


def test_a_port_that_goes_and_returns_is_said_once_each() -> None:
    rows: list[str] = []
    output = Output(rows.append, Screen(80), Chosen(()))
    output.begin(HEADER)
    for trouble in (
        None,
        "port /dev/ttyUSB0: lost: gone\n  hint: x",
        "port /dev/ttyUSB0: lost: gone\n  hint: x",
        None,
    ):
        output.port(trouble)
    assert rows[2:] == ["... PORT LOST: port /dev/ttyUSB0: lost: gone", "... PORT OPEN"]
    rows.clear()
    output = Output(rows.append, None, Chosen(()))
    output.begin(HEADER)
    output.port("gone")
    assert json.loads(rows[-1]) == {"kind": "port", "open": False, "trouble": "gone"}


def test_only_somebody_who_is_there() -> None:
    with pytest.raises(NotThere, match="no instrument 'pid' on gas: instruments are pid-benzene"):
        shown(Screen(80), "pid")
    listening = HEADER._replace(instruments=())
    with pytest.raises(NotThere, match="no instrument 'pid' on gas: give an address"):
        Output(print, None, Chosen(["pid"])).begin(listening)


def test_nothing_heard_is_said() -> None:
    assert shown(Screen(80), entries=[])[-1] == "nothing was heard"


def test_text_shows_control_characters_by_name_and_binary_is_no_text() -> None:
    assert text_of(b"\x02 AKON K0\x03") == "<STX> AKON K0<ETX>"
    assert text_of(b"MD01 \xe9") == ""
    assert text_of(bytes(range(128, 140))) == ""
