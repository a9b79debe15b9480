"""The agent: everything built from one station file, started and ended in order."""

import asyncio
import logging
import os
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from agent.alarm_desk import AlarmDesk
from agent.archiving import ARCHIVE_FILE, Archiving
from agent.buffer import Buffer
from agent.config.model import LineSettings, StationFile
from agent.control import ControlServer, socket_paths
from agent.device_records import DeviceRecords
from agent.explain import Explaining
from agent.heartbeat import ARCHIVE_PAUSE_S, Feeder, Heartbeat, watch_outputs, watch_station
from agent.judge import Judge
from agent.line_news import fault_of
from agent.lines import make_line
from agent.loops import make_driver
from agent.meta import meta_of
from agent.outputs import Outputs
from agent.outputs.hand_operations import hand_operations
from agent.outputs.position import Watched
from agent.pipeline.build import pipeline_of
from agent.plan import plan_lines
from agent.polling import Poller
from agent.recalling import Recalling
from agent.space import Space
from agent.status import LoadMeter, instrument_rows, line_rows
from agent.supervisor import Supervisor
from agent.timekeeping import Timekeeper
from agent.tracing import Tracing
from agent.upkeep import Upkeep
from agent.uplink.destinations import Destinations
from agent.version import VERSION
from hal.clock import Clock
from hal.disk import Disk
from hal.gpio import load_gpiod
from hal.kernel import machine_boot
from hal.line import Line
from hal.watchdog import ServiceManager, WatchdogDevice
from store.journal import Journal
from store.recorder import Recorder

__all__ = ["Agent"]

log = logging.getLogger("fenceline")

T = TypeVar("T")

WATCH_EVERY_S = 1.0
RETENTION_EVERY_S = 60.0
OUTPUTS_SAFE_S = 2.0  # for the relays to let go at a clean stop; ExecStopPost tries again


class Agent:
    """One station. Built inside a running loop."""

    def __init__(
        self, station: StationFile, clock: Clock, gpio_library: Callable[[], Any] = load_gpiod
    ) -> None:
        self.station, self.clock, self._gpio_library = station, clock, gpio_library
        self.lines: dict[str, Line] = {}
        self.pollers: list[Poller] = []
        self.outputs: Outputs | None = None
        self.must_restart = False  # only a new process can go on
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._journal_thread = ThreadPoolExecutor(1, "journal")
        # The field ends first, so that its last readings are still kept and delivered.
        self._core, self._field = Supervisor(self._restarted), Supervisor(self._restarted)
        self._dogs = Supervisor(self._restarted)
        self.feeder: Feeder | None = None
        self._heart = Heartbeat(self._loop.time)
        self._meters: dict[str, LoadMeter] = {}
        self._plans = {plan.id: plan for plan in plan_lines(station.lines, station.instruments)}

    def stop(self) -> None:
        """Let `run` end in order."""
        self._stop.set()

    async def run(self) -> None:
        """Until stop(). Raises JournalError where the data_dir cannot hold a journal at all."""
        try:
            await self._open()
            log.info("station %s, boot %d, log %s", self.station.id, self.journal.boot, self.journal.log)
            self._start()
            await self._stop.wait()
            log.info("stopping")
        finally:
            await self._close()

    # -- opening ----------------------------------------------------------------------------

    def _on_journal(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        return self._loop.run_in_executor(self._journal_thread, work)

    async def _open(self) -> None:
        station, clock = self.station, self.clock
        path = station.data_dir / "journal.db"
        self.journal = await self._on_journal(
            lambda: Journal.open(path, utc_ms=clock.utc_ms, host_boot=machine_boot())
        )
        clock.last_known_utc_ms = self.journal.last_t
        self.recorder = Recorder(
            self.journal,
            run=self._on_journal,
            utc_ms=clock.utc_ms,
            monotonic=self._loop.time,
            period_s=station.journal.commit_every_ms / 1000,
            on_fault=log.error,
        )
        self.destinations = Destinations(self.recorder)
        self.judge = Judge(
            self.recorder,
            clock,
            pipeline_of(station),
            boot=self.journal.boot,
            undurable=self.destinations.send_undurable,
            machine=machine_boot(),
            shelf=station.shelf,
        )
        for settings in station.lines:
            self._add_line(settings)
        for instrument in station.instruments:
            driver = make_driver(station, instrument)
            self.pollers.append(Poller(instrument, driver, self.lines[instrument.line], self.judge.take))
        self._add_keepers()
        if station.outputs:
            self._add_outputs()
        for mqtt in station.mqtts:
            await self.destinations.add(mqtt, station, meta_of(station), clock, random.random)
        self._say_start()
        await self.alarms.begin()
        await self.upkeep.begin()

    def _add_keepers(self) -> None:
        """What is kept beside the journal, and the figures of it."""
        self.archiving = Archiving(
            self.station,
            recorder=self.recorder,
            clock=self.clock,
            report=self._fault,
        )
        self.records = DeviceRecords(
            self.station,
            self.pollers,
            recorder=self.recorder,
            clock=self.clock,
            judge=self.judge,
            fault=self._fault,
        )
        self.alarms = AlarmDesk(
            self.station,
            judge=self.judge,
            recorder=self.recorder,
            records=self.records,
            fault=self._fault,
        )
        self.upkeep = Upkeep(
            self.station,
            judge=self.judge,
            recorder=self.recorder,
            records=self.records,
            clock=self.clock,
            fault=self._fault,
        )
        disk, max_bytes = Disk(self.station.data_dir), self.station.journal.max_mb * 1_000_000
        self.space = Space(
            recorder=self.recorder,
            destinations=self.destinations,
            archiving=self.archiving,
            disk=disk,
            max_bytes=max_bytes,
            log_id=lambda: self.journal.log,
            marked=lambda: self.alarms.marking.kept,
        )
        self.buffer = Buffer(self.recorder, self.destinations, self.clock, disk, max_bytes)
        self.buffer.channels = len(self.station.channels)

    def _add_line(self, settings: LineSettings) -> None:
        def report(what: str, detail: str) -> None:
            self._fault(*fault_of(settings.id, what, detail))
            if self.outputs is not None:
                self.outputs.look_again(settings.id)

        self.lines[settings.id] = make_line(settings, self._loop, report)
        self._meters[settings.id] = LoadMeter(self._loop.time())

    def _add_outputs(self) -> None:
        """Wired directly behind the rules: a relay waits for neither disk nor network."""
        watched = Watched(
            self.judge.limits,
            [channel.id for channel in self.station.channels],
            self.judge.latest,
            own_faults=self._own_faults,
            line_faults=lambda: [
                f"line {line.id} has no port" for line in self.lines.values() if not line.is_open
            ],
        )
        self.outputs = Outputs(
            self.station.outputs, self.lines, watched, self.judge.announce, self._gpio_library
        )
        self.judge.on_change = self.outputs.update

    def _own_faults(self) -> list[str]:
        """What is wrong with the agent itself."""
        stuck = [f"task {name} stands still" for name in self._heart.overdue()]
        reason = self.recorder.stats.reason
        return [*stuck, f"journal: {reason}"] if reason else stuck

    def _say_start(self) -> None:
        self.judge.announce("start", {"boot": self.journal.boot, "version": VERSION, "reason": "started"})
        for path in self.journal.set_aside:
            goes_on = f"log {self.journal.log} goes on in a new file behind seq {self.journal.last_seq}"
            self._fault("journal", "set aside", f"could not be used and is kept as {path.name}; {goes_on}")

    # -- running ----------------------------------------------------------------------------

    def _start(self) -> None:
        start = self._core.start
        start("journal", self.recorder.run)
        start("journal watch", self._watch_journal)
        archive, averaging = self.station.data_dir / ARCHIVE_FILE, self.judge.pipeline.averaging
        start("averages", Recalling(averaging, self.recorder, archive, self.journal.last_seq).run)
        start("judge", self.judge.run)
        self.alarms.start(start, self._heart)
        self.upkeep.start(start, self._heart)
        if self.journal.held_up_to:
            start("salvage", self._salvage)
        else:
            self._start_archive()
        timekeeper = Timekeeper(self.recorder, self.clock, self.judge.announce, self._fault, machine_boot())
        start("timekeeper", timekeeper.run)
        for name in self.destinations.uplinks:
            start(f"uplink {name}", partial(self.destinations.serve, name))
        paths = socket_paths(self.station.data_dir)
        tracing = Tracing(self.station, self.lines, self.journal.boot)
        self.control = ControlServer(
            paths,
            {
                "status": self._status,
                "trace": tracing.trace,
                "resend": self.destinations.resend,
                "buffer": self.buffer.report,
                "records": self.records.report,
                **self.alarms.operations(),
                **self.upkeep.operations(),
                **hand_operations(self.outputs),
                "explain": self._explaining().explain,
            },
        )
        start("control socket", self.control.run)
        start("line loads", self._measure_loads)
        start("records", self.records.run)
        for line in self.lines.values():
            self._field.start(f"line {line.id}", line.run)
        for poller in self.pollers:
            self._field.start(f"instrument {poller.settings.id}", poller.run)
        if self.outputs is not None:
            for (line_id, address), bank in self.outputs.targets.banks.items():
                self._field.start(f"relays {line_id} {address}", bank.run)
            self._field.start("outputs", self.outputs.run)
        self.feeder = self._add_watchdogs()
        self._dogs.start("watchdogs", self.feeder.run)

    def _explaining(self) -> Explaining:
        return Explaining(
            self.station,
            self.pollers,
            self.lines,
            self._plans,
            judge=self.judge,
            outputs=self.outputs,
            clock=self.clock,
            stuck=self._heart.overdue,
        )

    def _add_watchdogs(self) -> Feeder:
        watch_station(
            self._heart,
            judge=self.judge,
            recorder=self.recorder,
            uplinks=self.destinations.uplinks,
            lines=self.lines.values(),
            pollers=self.pollers,
        )
        if self.outputs is not None:
            watch_outputs(self._heart, self.outputs)
        path = self.station.watchdog
        return Feeder(
            self._heart,
            ServiceManager(os.environ, os.getpid(), partial(self._fault, "service manager")),
            WatchdogDevice(path, self._loop.time, partial(self._fault, "watchdog")) if path else None,
            report=self._fault,
            # One that no folder takes is reported; the station measures and delivers all the same.
            answers=lambda: self.control.path is not None or "control socket" in self._core.restarts,
            doing=f"polling, {len(self.pollers)} instruments on {len(self.lines)} lines",
        )

    async def _watch_journal(self) -> None:
        """Keep its size, and notice a file that is damaged under our hands."""
        trimmed = self._loop.time()
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self.recorder.stats.reason == "malformed":
                log.critical("the journal is damaged: starting anew sets it aside")
                self.must_restart = True
                self._stop.set()
            if self._loop.time() - trimmed < RETENTION_EVERY_S:
                continue
            trimmed = self._loop.time()
            await self.space.keep()

    async def _salvage(self) -> None:
        """Save what can be read of a damaged journal, beside everything else."""
        self.destinations.release(await self.recorder.salvage())
        self._start_archive()  # it goes through the journal in order
        await asyncio.Event().wait()

    def _start_archive(self) -> None:
        self.archiving.beat = self._heart.watch("archive", ARCHIVE_PAUSE_S)
        self._core.start("archive", self.archiving.run)

    async def _measure_loads(self) -> None:
        """All the time, so that a status asked for once a day does not show the day's average."""
        while True:
            for line in self.lines.values():
                self._meters[line.id].read(self._loop.time(), line.core.busy_ms)
            self.buffer.look(self._loop.time())
            await asyncio.sleep(WATCH_EVERY_S)

    def _fault(self, what: str, state: str, detail: str) -> None:
        log.log(logging.INFO if state == "recovered" else logging.ERROR, "%s %s: %s", what, state, detail)
        self.judge.announce("fault", {"what": what, "state": state, "detail": detail})

    async def _status(self, request: Mapping[str, Any]) -> dict[str, Any]:
        now = self._loop.time()
        stats = self.recorder.stats
        return {
            "station": self.station.id,
            "site": self.station.site,
            "version": VERSION,
            "uptime_s": round(now - self._started, 1),
            "utc": self.clock.utc_ms(),
            "utc_trusted": self.clock.utc_trusted(),
            "log": self.journal.log,
            "boot": self.journal.boot,
            "last_seq": self.journal.last_seq,
            "readings": self.judge.readings,
            "lines": line_rows(self.lines.values(), self._meters, self._plans, now),
            "instruments": instrument_rows(
                self.station, self.pollers, self.judge.latest, self._plans.values(), self.clock
            ),
            "modes": self.upkeep.modes(),
            "alarms": self.alarms.rows(),
            "alarm_load": self.alarms.load.status(),
            "outputs": self.outputs.rows() if self.outputs else [],
            "journal": stats._asdict(),
            "archive": self.archiving.status(),
            "destinations": await self.destinations.status(),
            "restarts": {**self._core.restarts, **self._field.restarts, **self._dogs.restarts},
        }

    def _restarted(self, what: str, detail: str) -> None:
        self._fault(what, "restarted", detail)

    async def _close(self) -> None:
        """The field first; then its last readings go to disk and out, then `offline` is said."""
        if self.feeder is not None:
            self.feeder.stopping(restarting=self.must_restart)
        if self.outputs is not None:  # while the lines still run
            await self.outputs.make_safe(OUTPUTS_SAFE_S)
        await self._field.stop()
        if hasattr(self, "judge"):
            await self.judge.announce("stop", {"boot": self.journal.boot, "reason": "stopped"})
        if hasattr(self, "destinations"):
            await self.destinations.stop()
        await self._core.stop()
        if hasattr(self, "archiving"):
            self.archiving.shut_down()
        if hasattr(self, "records"):
            self.records.shut_down()
        if hasattr(self, "journal"):
            await self._on_journal(self.journal.close)
        await self._dogs.stop()  # a stop that hangs is the watchdogs' business, too
        if self.feeder is not None:
            self.feeder.close()
        self._journal_thread.shutdown()
