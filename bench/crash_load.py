"""The program that is killed: a recorder under load, and a delivery to whoever started it.

usage: python -m bench.crash_load JOURNAL
One line of JSON each on standard output: {"open": [log, last_seq]}, {"committed": seq},
{"token": n, "message": {...}}; on standard input {"ack": n} for a message that was taken, {"stop": 1}.
"""

import asyncio
import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from agent.uplink.reading import read_message
from hal.clock import Clock
from hal.kernel import machine_boot
from store.delivery import Delivery
from store.journal import Committed, Journal
from store.recorder import Recorder
from store.rows import Event, Reading

TICK_S, READINGS = 0.005, 10  # 2000 readings/s
PERIOD_S = 0.05  # twenty commits a second: so that a kill seldom misses one
EVENT_EVERY = 20  # ticks
IN_FLIGHT, KEEP_S = 5, 0.3
BOOKS = "delivery"


def say(**words: object) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


async def main(path: Path) -> None:
    loop, clock = asyncio.get_running_loop(), Clock("trusted")
    thread = ThreadPoolExecutor(1)

    def on_thread(work: Any) -> Any:
        return loop.run_in_executor(thread, work)

    journal: Journal = await on_thread(
        lambda: Journal.open(path, utc_ms=clock.utc_ms, host_boot=machine_boot())
    )
    say(open=[journal.log, journal.last_seq])
    recorder = Recorder(journal, run=on_thread, utc_ms=clock.utc_ms, monotonic=loop.time, period_s=PERIOD_S)
    books = await on_thread(lambda: journal.load(BOOKS))
    delivery = Delivery(journal.last_seq, books, backlog_rate=100_000.0)

    def committed(done: Committed) -> None:
        readings = (done.first_reading, done.last_reading)
        seqs = [seq for seq, _ in done.events]
        delivery.committed(seqs, readings if readings[0] <= readings[1] else None, done.last_seq)
        say(committed=done.last_seq)

    recorder.subscribe(committed)
    running = asyncio.create_task(recorder.run())
    keeping = asyncio.create_task(keep(recorder, delivery))
    stop, acked = asyncio.Event(), asyncio.Semaphore(IN_FLIGHT)

    def hear() -> None:
        for line in os.read(0, 65536).splitlines():
            word = json.loads(line)
            if "ack" in word:
                delivery.acked(word["ack"])
                acked.release()
            else:
                stop.set()

    loop.add_reader(0, hear)
    delivery.connected()
    sending = asyncio.create_task(send(recorder, delivery, acked))
    await produce(recorder, clock, stop)
    while any(delivery.owed()[:4]):  # noqa: ASYNC110 - in flight, too
        await asyncio.sleep(0.02)
    for task in (sending, keeping, running):
        task.cancel()
        await asyncio.wait([task])
    await on_thread(journal.close)


async def keep(recorder: Recorder, delivery: Delivery) -> None:
    while True:
        recorder.put_state(BOOKS, delivery.state())
        await asyncio.sleep(KEEP_S)


async def produce(recorder: Recorder, clock: Clock, stop: asyncio.Event) -> None:
    """Rows that no other row equals, until stop."""
    rng, tick = random.Random(), 0
    tasks: set[asyncio.Task[int | None]] = set()
    while not stop.is_set():
        for channel in range(READINGS):
            t = clock.utc_ms()
            recorder.put(Reading(f"c{channel}", t, t, True, rng.random(), None, "N"))
        if tick % EVENT_EVERY == 0:
            name = f"{rng.getrandbits(64):x}"
            event = Event("alarm", name, clock.utc_ms(), 0, True, {})
            tasks = {task for task in tasks if not task.done()}
            tasks.add(asyncio.create_task(recorder.put_event(event)))
        tick += 1
        await asyncio.sleep(TICK_S)


async def send(recorder: Recorder, delivery: Delivery, acked: asyncio.Semaphore) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await acked.acquire()
        while (chunk := delivery.next(loop.time(), 500)) is None:  # noqa: ASYNC110 - the bench's own
            await asyncio.sleep(0.005)
        message = await recorder.ask(partial(read_message, station="s", chunk=chunk, most_bytes=1 << 14))
        delivery.sent(chunk.token, message.first, message.last, len(message.seqs), loop.time())
        if message.payload is None:
            acked.release()
        else:
            say(token=chunk.token, message=json.loads(message.payload))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
