"""What a person reads of `fenceline buffer`."""

from typing import Any

import pytest

from tools.commands.buffer import size, text

REPORT: dict[str, Any] = {
    "measured_over_s": 3600,
    "journal": {
        "used_bytes": 1_210_000_000,
        "max_bytes": 2_000_000_000,
        "disk_free_bytes": 12_400_000_000,
        "readings": 117_000_000,
        "oldest_t": 1_795_485_300_000,
        "readings_per_s": 100.0,
        "bytes_per_reading": 10.3,
        "growth_bytes_per_day": 88_992_000,
        "days_of_autonomy": 22.25,
        "days_until_dropped": 333.75,
    },
    "destinations": {
        "plant": {
            "connected": True,
            "events": 0,
            "readings": 3,
            "in_flight": 0,
            "set_aside": 0,
            "oldest_owed_age_s": None,
            "sent_per_s": 100.0,
            "backlog_rate": 2000,
            "drain_s": 0.0,
        },
        "authority": {
            "connected": False,
            "events": 12,
            "readings": 1_000_000,
            "in_flight": 0,
            "set_aside": 4,
            "oldest_owed_age_s": 10_000.0,
            "sent_per_s": 0.0,
            "backlog_rate": 2000,
            "drain_s": 500.0,
        },
    },
    "written": {
        "process_bytes_per_day": 820_000_000,
        "device_bytes_per_day": 1_900_000_000,
        "card_bytes_assumed": 10**13,
        "card_years": 14.4,
    },
}


def test_all_of_it() -> None:
    assert "\n".join(text(REPORT)) == (
        "journal: 1.21 GB of 2 GB; 12.4 GB free on the disk\n"
        "  100 readings/s of 10.3 bytes each\n"
        "  grows by 89 MB a day\n"
        "  without any platform it lasts 22 d 6 h more before unsent readings are thinned\n"
        "  to minute averages, and some 333 d 18 h before any of these is dropped\n"
        "plant: connected\n"
        "  owed: 3 readings, 0 events\n"
        "authority: NOT CONNECTED\n"
        "  owed: 1000000 readings, 12 events, the oldest 2 h 46 min old\n"
        "  once connected it is caught up in 8 min 20 s, at 2000 readings/s\n"
        "  4 set aside because the broker refused them\n"
        "written a day: 820 MB by the agent, 1.9 GB by everybody on this disk\n"
        "  a card that bears 10 TB lasts 14.4 years of that\n"
        "rates as measured over the last 1 h 0 min"
    )
    assert max(map(len, text(REPORT))) <= 80


def test_before_anything_is_known() -> None:
    unknown = {
        **REPORT,
        "measured_over_s": None,
        "journal": {
            **REPORT["journal"],
            "readings_per_s": None,
            "growth_bytes_per_day": None,
            "days_of_autonomy": None,
        },
        "destinations": {},
        "written": dict.fromkeys(REPORT["written"]),
    }
    assert "\n".join(text(unknown)) == (
        "journal: 1.21 GB of 2 GB; 12.4 GB free on the disk\n"
        "nothing is delivered: the station file has no [mqtt]\n"
        "rates are known two minutes after the start"
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1234, "1.23 kB"),
        (99_940, "99.9 kB"),
        (99_990, "100 kB"),
        (999_600, "1 MB"),
        (45_600_000, "45.6 MB"),
        (789e9, "789 GB"),
        (1e13, "10 TB"),
    ],
)
def test_sizes(count: float, words: str) -> None:
    assert size(count) == words
