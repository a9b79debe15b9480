"""A whole bench from a plain dict: lines, instruments, faults, and the log of what was truly said."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from drivers.registers import faults as profile_faults
from drivers.registers import resolve
from hardware_sim.behaviour import Life, Living, read_behaviour, read_events
from hardware_sim.faults import Faults, read_faults, seeded
from hardware_sim.instrument import Instrument
from hardware_sim.instruments import EMULATORS
from hardware_sim.listener import TCP
from hardware_sim.modbus import ModbusInstrument, field_names
from hardware_sim.modbus_server import ModbusServer
from hardware_sim.plant import Plant, PlantSource
from hardware_sim.plant.placing import measured, place_of
from hardware_sim.recording import Recording
from hardware_sim.replay import Replay, load_capture
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table
from hardware_sim.wire import EmulatedLine, Reply, Slave, bits_per_character

__all__ = ["Bench", "BenchError", "Clock"]

MODES = ("rtu", "ascii")  # of Modbus on a serial line


class Clock(Protocol):
    """What the bench needs of a clock."""

    def utc_at(self, monotonic: float) -> int:
        """UTC in ms of a moment on the event loop's clock."""


class Bench:
    """Emulated lines and their instruments.

    bench: {"seed": 1, "line": [{"id", "baud", "framing", "link", "listen", "echo", "replay"}],
    "instrument": [{"id", "line", "address", "driver", "profile", "settings", "mode", "baud",
    "framing", "turnaround_ms", "values", "noise", "behaviour", "events", "faults", "units"}],
    "scenario"}; `profile` is a register-map profile, or None for an emulator named by `driver`;
    `scenario` is Plant's, with "receptor": {id of an instrument: {"at", "hood", "measures"}}, and
    needs the `units` of channels.
    log is called with one dict for each answer, as its last byte is handed over: t (UTC ms of that
    byte's end), mono (the same in ms on the loop's clock), instrument, values (by channel, those
    that this answer really carried; None: it said "no value"), fault, request, reply (hex),
    late_ms (the emulator's own lateness). Raises BenchError naming place and key.
    """

    def __init__(
        self, bench: Mapping[str, Any], clock: Clock, log: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        self._clock = clock
        self._log = log
        self._stopped: asyncio.Event | None = None
        self.lines: dict[str, EmulatedLine] = {}
        table = Table(bench, "bench")
        self._seed = table.get("seed", 1)
        scenario = table.get("scenario", None)
        self._plant = None if scenario is None else Plant(scenario)
        self._receptors = {} if scenario is None else scenario["receptor"]
        self.from_plant: dict[str, dict[str, str]] = {}  # by instrument: quantity by what follows the plant
        for index, row in enumerate(table.rows("line")):
            self._add_line(row, f"line {_name(row, index)}")
        for index, row in enumerate(table.rows("instrument")):
            self._add_instrument(row, f"instrument {_name(row, index)}")
        table.close()

    def _add_line(self, row: object, where: str) -> None:
        table = Table(row, where)
        line_id = table.text("id")
        if line_id in self.lines:
            raise table.wrong("id", f"{line_id!r} stands twice")
        captured = None if table.get("replay", None) is None else load_capture(table.text("replay"), where)
        # As captured, unless the bench says otherwise.
        baud, framing = captured.header[1:3] if captured else (9600, "8N1")
        self.lines[line_id] = line = EmulatedLine(
            line_id,
            baud=table.whole("baud", baud, 50, 4_000_000),
            framing=table.text("framing", framing),
            link=table.get("link", None),
            listen=table.get("listen", None),
            echo=table.truth("echo", False),
            on_answer=self._said,
        )
        if captured is not None:
            line.slaves.append(Replay(f"{line_id} as captured", captured))
        table.close()

    def _add_instrument(self, row: object, where: str) -> None:
        table = Table(row, where)
        name = table.text("id")
        if any(slave.id == name for line in self.lines.values() for slave in line.slaves):
            raise table.wrong("id", f"{name!r} stands twice")
        line = self.lines.get(table.text("line"))
        if line is None:
            known = ", ".join(self.lines) or "none"
            raise table.wrong("line", f"{table.get('line')!r} is no line of this bench", f"lines are {known}")
        if any(isinstance(slave, Replay) for slave in line.slaves):
            what = f"line {line.id} replays a capture, so no instrument can be on it"
            raise table.wrong("line", what, "give it a line of its own")
        instrument = self._lively(table, name, line.medium)
        asked = (instrument.request_length, instrument.address)
        for slave in line.slaves:
            if isinstance(slave, Slave) and (slave.request_length, slave.instrument.address) == asked:
                raise table.wrong("address", f"{asked[1]} is {slave.id}'s on line {line.id} already")
        turnaround_s = table.number("turnaround_ms", 5.0, 0.0) / 1000
        faults = read_faults(
            table.rows("faults"), f"{where}: faults", instrument.can_refuse, instrument.has_check
        )
        slave = Slave(name, instrument, turnaround_s, Faults(faults, seeded(self._seed, name, "faults")))
        slave.baud, slave.framing = _own_speed(table)
        table.close()
        line.slaves.append(slave)

    def _lively(self, table: Table, name: str, medium: str) -> Instrument:
        """The instrument; with a life where the bench says how it behaves or what happens to it."""
        events = table.rows("events")
        lives = table.get("behaviour", None) is not None or events
        noise_of = dict(table.table("noise").row) if lives else {}

        def life(made: Instrument) -> Life:
            behaviour = read_behaviour(table.table("behaviour"), made, noise_of)
            return Life(behaviour, read_events(events, f"{table.where}: events", made.shows()), made.shows())

        if not lives:
            return self._instrument(table, name, medium)
        scripted = table.table("values").row
        return Living(
            lambda: self._instrument(table, name, medium),
            life,
            lambda: {*scripted, *self.from_plant.get(name, ())},
            f"{self._seed}/{name}",
        )

    def _instrument(self, table: Table, name: str, medium: str) -> Instrument:
        driver = table.text("driver")
        mode = table.text("mode", "rtu")
        if mode not in MODES:
            raise table.wrong("mode", f"{mode!r} is none of {', '.join(MODES)}")
        profile = table.get("profile", None)
        settings = table.table("settings").row
        framing = TCP if medium == TCP else mode
        if profile is None:
            emulator = EMULATORS.get(driver.replace("_", "-"))
            if emulator is None:
                known = ", ".join(EMULATORS)
                raise table.wrong("driver", f"no emulator for {driver!r}", f"a profile, or one of {known}")
            scripts = self._sources(table, name, emulator.scriptable(settings))
            address = table.whole("address", low=0, high=999)
            speaks_modbus = issubclass(emulator, ModbusServer)
            if framing == TCP and not speaks_modbus:
                raise table.wrong("line", "a tcp:// line carries Modbus TCP alone", "use rtu+tcp://")
            options = (framing,) if speaks_modbus else ()
            made: Instrument = emulator(address, settings, scripts, table.where, *options)
            return made
        whole = _resolved(profile, settings, f"{table.where}: profile", table)
        scripts = self._sources(table, name, field_names(whole))
        low, high = (0, 255) if medium == TCP else (1, 247)
        address = table.whole("address", low=low, high=high)
        return ModbusInstrument(address, whole, scripts, table.where, framing)

    def _sources(self, table: Table, name: str, known: list[str]) -> dict[str, Source]:
        """What the instrument measures: as scripted, else what it meets in the plant."""
        values, noise = table.table("values"), table.table("noise")
        units = table.table("units").row
        for given in (values, noise):
            for key in given.row:
                if key not in known:
                    raise given.wrong(key, "the instrument has no such value", f"it has {', '.join(known)}")
        sources: dict[str, Source] = {}
        receptor = self._receptors.get(name)
        if self._plant is not None and receptor is not None:
            place = place_of(receptor, self._plant)
            where = f"scenario: receptor {name}"
            found = measured(receptor, known, units, where)
            self.from_plant[name] = {key: one[0] for key, one in found.items() if key not in values.row}
            for key, (quantity, unit) in found.items():
                sources[key] = PlantSource(
                    self._plant,
                    place,
                    quantity,
                    unit,
                    where=f"{where}: {key}",
                    noise=noise.number(key, 0.0, 0.0),
                    seed=self._seed,
                )
        for key in noise.row:
            if key not in values.row and key not in sources:
                raise noise.wrong(key, "noise needs a value to lie upon", f"give values.{key} too")
        for key, definition in values.row.items():
            where, spread = f"{values.where}: {key}", noise.number(key, 0.0, 0.0)
            if isinstance(definition, Mapping):
                sources[key] = Recording(definition, key, where, spread, self._seed)
            else:
                sources[key] = Script(definition, where, spread, self._seed)
        return sources

    async def start(self) -> None:
        """Open the ptys and begin to answer. Raises BenchError where a link cannot be made."""
        self._stopped = asyncio.Event()
        epoch_s = asyncio.get_running_loop().time()
        try:
            for line in self.lines.values():
                line.start(epoch_s)
        except BenchError:
            await self.stop()
            raise

    async def run(self) -> None:
        """Start if need be, and serve until `stop` or until cancelled."""
        if self._stopped is None:
            await self.start()
        assert self._stopped is not None
        try:
            await self._stopped.wait()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Close the ptys and remove their links; may be called twice."""
        for line in self.lines.values():
            line.stop()
        if self._stopped is not None:
            self._stopped.set()

    def stats(self) -> dict[str, Any]:
        """Per line: its counters (see LineStats.as_dict); per instrument: answers given."""
        return {
            "lines": {line.id: line.stats.as_dict() for line in self.lines.values()},
            "instruments": {
                slave.id: {"answers": slave.answers} for line in self.lines.values() for slave in line.slaves
            },
        }

    def _said(self, reply: Reply) -> None:
        if self._log is None:
            return
        self._log(
            {
                "t": self._clock.utc_at(reply.end_s),
                "mono": reply.end_s * 1000,
                "instrument": reply.slave.id,
                "values": reply.values,
                "fault": reply.fault,
                "request": reply.request.hex(),
                "reply": reply.frame.hex(),
                "late_ms": round(reply.late_s * 1000, 3),
            }
        )


def _resolved(
    profile: Mapping[str, Any], settings: Mapping[str, Any], where: str, table: Table
) -> dict[str, Any]:
    for kind, index, key, what, hint in profile_faults(dict(profile)):
        raise BenchError(f"{where}: {kind}[{index}].{key}", what, hint)
    try:
        return resolve(dict(profile), dict(settings))
    except ValueError as error:
        raise table.wrong("settings", str(error)) from None


def _own_speed(table: Table) -> tuple[int | None, str | None]:
    """An instrument's baud and framing where they are not its line's."""
    framing = table.get("framing", None)
    if framing is not None:
        try:
            bits_per_character(framing)
        except ValueError as error:
            raise table.wrong("framing", str(error)) from None
    return table.get("baud", None) and table.whole("baud", low=50, high=4_000_000), framing


def _name(row: object, index: int) -> object:
    """The row's id, or its number where it has none."""
    return row.get("id") or index if isinstance(row, Mapping) else index
