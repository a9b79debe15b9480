"""Whether the disk can hold what journal and archive may fill."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.config import examine

STATION = '[station]\nid = "gp-01"\nsite = "north-works"\n'


@pytest.mark.parametrize(
    ("free", "held", "words"),
    [
        (700_000_000, 0, None),  # 100 MB of it are left free
        (599_000_000, 0, "the disk of data_dir has room for 499 MB of these 500"),
        (300_000_000, 300_000_000, None),  # the journal has its part already
        (50_000_000, 0, "the disk of data_dir has room for 0 MB of these 500"),
    ],
)
def test_a_disk_that_cannot_hold_the_budget_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, held: int, words: str | None
) -> None:
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "journal.db").open("wb") as file:
        file.truncate(held)
    usage = SimpleNamespace(total=64_000_000_000, used=0, free=free)
    monkeypatch.setattr("agent.config.station.shutil.disk_usage", lambda folder: usage)
    path = tmp_path / "station.toml"
    path.write_text(f'{STATION}data_dir = "data"\n[journal]\nmax_mb = 500\n')
    found = [finding for finding in examine(path)[1] if finding.key != "instrument"]
    said = [(each.severity, each.key, each.message) for each in found]
    assert said == ([("warning", "journal.max_mb", words)] if words else [])


@pytest.mark.parametrize(
    ("archive", "free", "words"),
    [
        ("", 605_700_000, ""),  # 5 years of a channel: 5.6 MB; 100 MB are left free
        ("", 605_000_000, "room for 499 MB of these 500 beside an archive of 5 MB"),
        ('years = 10\nraw = ["pid.voc"]', 674_500_000, ""),  # 3.16 million readings a year of 2 bytes
        (
            'years = 10\nraw = ["pid.voc"]',
            670_000_000,
            "room for 495 MB of these 500 beside an archive of 74 MB",
        ),
    ],
)
def test_the_archive_needs_room_beside_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: str, free: int, words: str
) -> None:
    usage = SimpleNamespace(total=64_000_000_000, used=0, free=free)
    monkeypatch.setattr("agent.config.station.shutil.disk_usage", lambda folder: usage)
    path = tmp_path / "station.toml"
    path.write_text(
        f"""{STATION}data_dir = "."
[journal]
max_mb = 500
[archive]
{archive}
[[line]]
id = "a"
port = "/dev/null"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = {{ divisor = 10 }}
address = 7
every = "10s"
"""
    )
    said = [finding.message for finding in examine(path)[1] if finding.key == "journal.max_mb"]
    assert said == ([f"the disk of data_dir has {words}"] if words else [])
