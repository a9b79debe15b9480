"""The archive: bytes of a value in the real file, bytes written a day, how fast it reads, what it holds in
memory. All from a signal as a plant gives it, one reading a second."""

import math
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS, Hour, Rule, Windows, window_start
from bench.archive_signal import MIDNIGHT, SOURCES, days_of
from store.archive import Archive, Filed, Mark, Span
from store.archive_reader import ArchiveReader
from store.averages import Average
from store.rows import Reading

SIZE_DAYS = 7
CHANNELS = 100
OPEN_CHANNELS = 300
YEARS = 5
BARE_MAX, FULL_MAX, MONTH_MAX_MS = 1.6, 3.0, 100.0


async def run() -> dict[str, Any]:
    opened = _open_hour()  # first: memory that was given back is not seen again
    signals = {source.name: days_of(source, SIZE_DAYS) for source in SOURCES}
    with tempfile.TemporaryDirectory(prefix="fenceline-bench-") as name:
        folder = Path(name)
        full = _bytes_per_minute(folder / "full.db", signals)
        bare = _bytes_per_minute(folder / "bare.db", {name: _bare(hours) for name, hours in signals.items()})
        written = _day_of_many(folder / "many.db", list(signals.values()))
        reading = _reading(folder / "year.db", next(iter(signals.values())))
    years = YEARS * 365.25 * 1440 * CHANNELS * full["bytes"] / 1e6
    return {
        "minute_bytes": full,
        "minute_bytes_without_min_max": bare,
        "mb_of_100_channels_5_years": round(years),
        **written,
        **reading,
        **opened,
    }


def _bare(hours: Iterable[Hour]) -> list[Hour]:
    """As if no minute had a minimum and a maximum: only to know what they cost."""
    return [
        hour._replace(minutes=[each._replace(min=None, max=None) for each in hour.minutes]) for hour in hours
    ]


def _write(archive: Archive, signals: dict[str, list[Hour]], day: int) -> None:
    """A day as it goes: 24 closed hours, then compaction."""
    windows = Windows(dict.fromkeys(signals, Rule(1000.0)), 480)
    for hour in range(day * 24, day * 24 + 24):
        start = MIDNIGHT + hour * HOUR_MS
        filed = Filed({name: hours[hour] for name, hours in signals.items()}, Span(start, 1, 1), {})
        archive.write([filed], Mark("bench", 1, start + HOUR_MS))
    over = MIDNIGHT + (day + 1) * DAY_MS
    while archive.compact(over, lambda t: window_start(t, DAY_MS, 480), windows.day_of):
        pass


def _bytes_per_minute(path: Path, signals: dict[str, list[Hour]]) -> dict[str, float]:
    """The whole file over its minute values; hours, days and page overhead are in it."""
    archive = Archive(path, {})
    for day in range(SIZE_DAYS):
        _write(archive, signals, day)
    used = archive.size_bytes()
    sizes = archive._db.execute("SELECT id & 65535, sum(length(minutes)) FROM days GROUP BY 1").fetchall()
    archive.close()
    minutes = SIZE_DAYS * 1440
    return {
        "bytes": round(used / (len(signals) * minutes), 3),
        "worst_channel_blocks": round(max(size for _, size in sizes) / minutes, 3),
    }


def _day_of_many(path: Path, hours: list[list[Hour]]) -> dict[str, float]:
    """What one day of 100 channels makes the process write: log, checkpoints and compaction."""
    archive = Archive(path, {})
    signals = {f"c{at}": hours[at % len(hours)] for at in range(CHANNELS)}
    _write(archive, signals, 0)
    before, began = _handed_over(), time.process_time()
    _write(archive, signals, 1)
    archive.close()
    return {
        "mb_written_a_day_100_channels": round((_handed_over() - before) / 1e6, 2),
        "cpu_s_a_day_100_channels": round(time.process_time() - began, 2),
    }


def _handed_over() -> int:
    """Bytes that this process gave to write(2) and pwrite(2) so far: a log's and a database's pages."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])


def _reading(path: Path, hours: list[Hour]) -> dict[str, float]:
    """A year of one channel, read back: its last month, and all of it."""
    archive = Archive(path, {})
    shift_ms = SIZE_DAYS * DAY_MS
    for week in range(53):
        shifted = [_shifted(hour, week * shift_ms) for hour in hours]
        for at in range(0, len(shifted), 24):
            start = shifted[at].hour.start
            filed = [Filed({"c": hour}, Span(hour.hour.start, 1, 1), {}) for hour in shifted[at : at + 24]]
            archive.write(filed, Mark("bench", 1, start + DAY_MS))
            while archive.compact(
                start + DAY_MS, lambda t: window_start(t, DAY_MS, 480), Windows({}, 480).day_of
            ):
                pass
    archive.close()
    reader = ArchiveReader(path)
    took: dict[int, list[float]] = {30: [], 365: []}
    cpu = dict.fromkeys(took, math.inf)
    for days, times in took.items():
        for _ in range(7 if days == 30 else 3):
            began, cpu_began = time.perf_counter(), time.process_time()
            found = list(reader.averages(1, MINUTE_MS, MIDNIGHT + DAY_MS, MIDNIGHT + (days + 1) * DAY_MS))
            times.append((time.perf_counter() - began) * 1000)
            cpu[days] = min(cpu[days], (time.process_time() - cpu_began) * 1000)
            assert len(found) == days * 1440
    reader.close()
    return {
        "month_ms": round(statistics.median(took[30]), 1),
        "month_cpu_ms": round(cpu[30], 1),
        "year_ms": round(statistics.median(took[365])),
        "year_cpu_ms": round(cpu[365]),
    }


def _shifted(hour: Hour, by_ms: int) -> Hour:
    def later(each: Average) -> Average:
        return each._replace(start=each.start + by_ms, end=each.end + by_ms)

    return Hour([later(each) for each in hour.minutes], later(hour.hour))


def _open_hour() -> dict[str, float]:
    """Memory of an open hour of 300 channels before its end, and CPU of a reading taken into it."""
    names = [f"c{at}" for at in range(OPEN_CHANNELS)]
    windows = Windows(dict.fromkeys(names, Rule(5000.0)), 480)
    before, began, count = _resident_mb(), time.process_time(), 0
    for second in range(0, 3600, 5):
        for at, name in enumerate(names):
            value = (second * 7 + at * 13) % 1000 / 10
            windows.add(Reading(name, MIDNIGHT + second * 1000 + at, 0, True, value, None, "N"))
            count += 1
    cpu_us = (time.process_time() - began) / count * 1e6
    held = _resident_mb() - before
    began = time.process_time()
    windows.close_hour(MIDNIGHT)
    return {
        "open_hour_mb_300_channels": round(held, 1),
        "cpu_us_a_reading": round(cpu_us, 2),
        "close_hour_ms_300_channels": round((time.process_time() - began) * 1000),
    }


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    full, bare = result["minute_bytes"], result["minute_bytes_without_min_max"]
    return [
        ("archive: bytes per minute value: mean, flag, count", f"{bare['bytes']:.2f}", f"<= {BARE_MAX}"),
        (
            "with minimum and maximum (worst of six channels)",
            f"{full['bytes']:.2f} ({full['worst_channel_blocks']:.2f})",
            f"<= {FULL_MAX}",
        ),
        ("5 years of 100 channels", f"{result['mb_of_100_channels_5_years']} MB", ""),
        (
            "written a day, 100 channels; CPU of it",
            f"{result['mb_written_a_day_100_channels']} MB; {result['cpu_s_a_day_100_channels']} s",
            "",
        ),
        (
            "a month of one channel read: median; CPU",
            f"{result['month_ms']} ms; {result['month_cpu_ms']} ms",
            f"< {MONTH_MAX_MS:g} ms",
        ),
        ("a year: median; CPU", f"{result['year_ms']} ms; {result['year_cpu_ms']} ms", ""),
        (
            "an open hour of 300 channels in memory; closing it",
            f"{result['open_hour_mb_300_channels']} MB; {result['close_hour_ms_300_channels']} ms CPU",
            "",
        ),
        ("window arithmetic, CPU a reading", f"{result['cpu_us_a_reading']} us", ""),
    ]
