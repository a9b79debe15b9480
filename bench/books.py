"""What the books of a destination cost after a week of outage whose readings were thinned to minute averages.

100 channels, six readings of each a minute: what thinning leaves of a minute stands together, so there is a
hole a minute, as there would be with 300 channels at 1 Hz. An event every ten minutes. The journal, making
room and the books are real; nobody is connected. Then time goes on, with and without the books, commit by
commit.
"""

import asyncio
import logging
import random
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agent.config.model import Broker, Mqtt
from agent.space import Space
from agent.uplink.destinations import Destinations
from hal.clock import Clock
from store.journal import Journal
from store.recorder import Recorder
from store.rows import Event, Reading

CHANNELS = [f"tsp-{number}.tsp" for number in range(100)]
MINUTES = 7 * 1440
EVENT_EVERY = 10  # minutes
COMMIT_EVERY = 20  # minutes: 12,000 readings
A_MINUTE = 6
THINNED_SHARE = 0.6  # of the size before: nearly all is thinned then, and nothing dropped
START_MS = 1_795_420_800_000
SECONDS = 2000
DAY_S = 86_400


async def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return await measure(Path(folder))


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"books after a week thinned: ranges for {result['minutes']:,} minutes thinned",
            f"{result['ranges']:,}, {result['books_bytes']:,} bytes",
            "",
        ),
        ("  written a day for them, by the process", f"{result['written_a_day'] / 1e6:,.0f} MB", ""),
        ("  the loop's time for them each second", f"{result['loop_ms']:.2f} ms", ""),
        ("  to tell who needs what, before each step of making room", f"{result['owed_ms']:.2f} ms", ""),
    ]


async def measure(folder: Path) -> dict[str, Any]:
    clock = Clock("trusted")
    journal = Journal.open(folder / "journal.db", utc_ms=clock.utc_ms)
    recorder = Recorder(journal, run=_inline, utc_ms=clock.utc_ms, monotonic=time.monotonic)
    destinations = Destinations(recorder)
    settings = Mqtt((Broker("127.0.0.1", 1, False),), "5", "bench")
    station: Any = SimpleNamespace(id="bench", site="bench")
    await destinations.add(settings, station, {}, clock, random.random)
    uplink = destinations.uplinks[settings.id]
    recording = asyncio.create_task(recorder.run())
    for minute in range(0, MINUTES, COMMIT_EVERY):
        await _a_while(recorder, minute)
    space = Space(
        recorder=recorder,
        destinations=destinations,
        archiving=SimpleNamespace(archived_up_to=lambda log: recorder.last_seq),  # type: ignore[arg-type]
        disk=SimpleNamespace(free_bytes=lambda: 1 << 40, size_bytes=lambda: 1 << 40),  # type: ignore[arg-type]
        max_bytes=round(journal.size_bytes() * THINNED_SHARE),
        log_id=lambda: journal.log,
        marked=lambda: (),
    )
    logging.getLogger("fenceline").setLevel(logging.ERROR)  # a line for each step
    await space.keep()
    began = time.process_time()
    space._owed()
    owed_ms = (time.process_time() - began) * 1000
    state = uplink.delivery.state()
    with_books = await _time_goes_on(recorder, uplink._keeper.save)
    without = await _time_goes_on(recorder, lambda: None)
    recording.cancel()
    await asyncio.wait([recording])
    journal.close()
    return {
        "minutes": MINUTES,
        "ranges": len(state["readings"]) + len(state["events"]),
        "books_bytes": len(str(state)),
        "written_a_day": (with_books[0] - without[0]) / SECONDS * DAY_S,
        "loop_ms": with_books[1] / SECONDS * 1000,
        "owed_ms": owed_ms,
    }


async def _a_while(recorder: Recorder, minute: int) -> None:
    """COMMIT_EVERY minutes, in one commit."""
    for sample in range(A_MINUTE * minute, A_MINUTE * (minute + COMMIT_EVERY)):
        t = START_MS + sample * 60_000 // A_MINUTE
        for at, channel in enumerate(CHANNELS):
            value = round(40 + (sample * 31 + at * 7919) % 1000 / 100, 2)
            recorder.put(Reading(channel, t + at, t + at, True, value, None, "N"))
        if sample % (A_MINUTE * EVENT_EVERY) == 0:
            await recorder.put_event(Event("fault", f"e{sample}", t, t, True, {"what": "line a"}))


async def _time_goes_on(recorder: Recorder, save: Any) -> tuple[int, float]:
    """Bytes that the process wrote, and CPU seconds of `save`."""
    spent, written = 0.0, _written()
    for second in range(SECONDS):
        for channel in CHANNELS:
            recorder.put(Reading(channel, START_MS + second, second, True, 1.5, None, "N"))
        began = time.process_time()
        save()
        spent += time.process_time() - began
        await recorder.put_event(Event("stop", f"s{second}-{spent}", START_MS, 0, True, {}))  # commit now
    return _written() - written, spent


async def _inline(work: Any) -> Any:
    return work()


def _written() -> int:
    fields = Path("/proc/self/io").read_text().split()
    return int(fields[fields.index("write_bytes:") + 1])
