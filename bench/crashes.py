"""300 SIGKILLs at random instants, under load and with a delivery running: what was acknowledged is there, no
number has two rows, every start works, and everything reaches the consumer."""

import asyncio
import json
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from store.journal import Journal

KILLS = 300
SEED = 20261125
UP_S_MAX = 1.0  # from its start, so that some kills come while it still opens the journal
STOP_WITHIN_S = 60.0

Key = tuple[str, int]


class Consumer:
    """What one program said and delivered over all its lives; it drops duplicates by (log, seq)."""

    def __init__(self) -> None:
        self.rows: dict[Key, Any] = {}
        self.committed: dict[str, int] = {}
        self.found: Counter[str] = Counter()
        self._log = ""

    def hear(self, line: bytes) -> bytes:
        """What to answer."""
        word = json.loads(line)
        if "open" in word:
            self._log, last = word["open"]
            self.found["backwards"] += last < self.committed.get(self._log, 0)
            self.found["starts"] += 1
        elif "committed" in word:
            self.committed[self._log] = max(word["committed"], self.committed.get(self._log, 0))
        else:
            message = word["message"]
            for row in message.get("readings") or message["events"]:
                key = message["log"], row["seq"]
                self.found["repeated"] += key in self.rows
                self.found["two_rows_one_number"] += self.rows.setdefault(key, row) != row
            return b'{"ack": %d}\n' % word["token"]
        return b""


async def run(kills: int = KILLS) -> dict[str, Any]:
    rng, consumer = random.Random(SEED), Consumer()
    with tempfile.TemporaryDirectory(prefix="fenceline-crashes-") as folder:
        path = Path(folder) / "journal.db"
        for _ in range(kills):
            async with program(path, consumer) as process:
                await asyncio.sleep(rng.uniform(0, UP_S_MAX))
                consumer.found["failed_starts"] += process.returncode is not None
                with suppress(ProcessLookupError):
                    process.kill()
        async with program(path, consumer) as process:
            assert process.stdin is not None
            process.stdin.write(b'{"stop": 1}\n')
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        return {"kills": kills, **verdict(path, consumer)}


@asynccontextmanager
async def program(path: Path, consumer: Consumer) -> AsyncIterator[asyncio.subprocess.Process]:
    """One life of it; all that it said is heard, also what a killed one left in the pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crash_load", str(path), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip

    async def listen() -> None:
        assert process.stdout is not None
        assert process.stdin is not None
        async for line in process.stdout:
            if line.endswith(b"\n"):
                with suppress(ConnectionError):
                    process.stdin.write(consumer.hear(line))

    listening = asyncio.create_task(listen())
    try:
        yield process
        await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await listening


def verdict(path: Path, consumer: Consumer) -> dict[str, int]:
    """The journal as it is at the end, held against what was said."""
    journal = Journal.open(path, utc_ms=lambda: 0)
    last = journal.last_seq
    kept: dict[Key, Any] = {
        (journal.log, seq): row.value for seq, _, row in journal.readings(1, last, 1 << 31)
    }
    events = {(journal.log, seq): event.id for seq, _, event in journal.events(1, last, 1 << 31)}
    twice = len(kept.keys() & events.keys())
    kept |= events
    journal.close()
    said = {(log, seq) for log, last in consumer.committed.items() for seq in range(1, last + 1)}
    differing = sum(kept.get(key) not in (row.get("v"), row.get("id")) for key, row in consumer.rows.items())
    return {
        "rows": len(kept),
        "logs": len(consumer.committed),
        "twice_in_the_journal": twice,
        "acknowledged_lost": len(said - kept.keys()),
        "not_delivered": len(kept.keys() - consumer.rows.keys()),
        "delivered_differently": differing,
        **consumer.found,
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    bad = (
        *("acknowledged_lost", "twice_in_the_journal", "two_rows_one_number", "failed_starts", "backwards"),
        *("not_delivered", "delivered_differently"),
    )
    counts = ", ".join(f"{result.get(name, 0)} {name.replace('_', ' ')}" for name in bad)
    text = f"{result['rows']:,} rows, {result['repeated']:,} delivered again; {counts}"
    return [(f"{result['kills']} SIGKILLs under load", text, "0 each")]
