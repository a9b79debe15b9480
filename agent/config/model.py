"""The station file, read and checked: plain frozen values in the units their names end with."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.config.alarm_model import DEFAULT_SHELF, Shelf
from agent.config.averages_model import AveragesSettings
from agent.config.conversion_model import ConversionSettings
from agent.config.outlet_model import OutletSettings
from agent.config.quality_model import CalibrationSettings, CheckSettings
from agent.config.rule_model import PhaseSettings, RuleSettings, WindSettings

__all__ = [
    "ArchiveSettings",
    "Broker",
    "ChannelSettings",
    "GpioTarget",
    "InstrumentSettings",
    "JournalSettings",
    "LineSettings",
    "LoopSettings",
    "Mqtt",
    "OutputSettings",
    "PhaseSettings",
    "RelayTarget",
    "RuleSettings",
    "StationFile",
    "WindSettings",
]


@dataclass(frozen=True)
class Broker:
    """One broker. tls: encrypted, with the certificate and the host name verified."""

    host: str
    port: int
    tls: bool


@dataclass(frozen=True)
class Mqtt:
    """[mqtt] or one of several [[mqtt]]: a destination. Several brokers are tried in turn.

    id: "mqtt" where there is one only. protocol: "auto" (5 first, 3.1.1 where the broker refuses it), "5"
    or "3.1.1". Secrets stand in files alone. backlog_rate: readings per second; backlog_order: "oldest"
    or "newest" first; batch: readings per message.
    """

    brokers: tuple[Broker, ...]
    protocol: str
    client_id: str
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keep_alive_s: int = 15
    ack_timeout_s: float = 10.0
    backlog_rate: int = 2000
    backlog_order: str = "oldest"
    batch: int = 500
    id: str = "mqtt"


@dataclass(frozen=True)
class JournalSettings:
    """[journal]: commit_every_ms bounds what a power cut can take, max_mb the space it may fill."""

    commit_every_ms: int = 1000
    max_mb: int = 2000


@dataclass(frozen=True)
class ArchiveSettings:
    """[archive]: years of minute, hour and day values; raw: channels of which every reading is kept."""

    years: int = 5
    raw: tuple[str, ...] = ()


@dataclass(frozen=True)
class LineSettings:
    """One [[line]]. parity: N, E or O; echo: the adapter hears what it sends.

    baud and framing mean nothing where `medium` is "tcp". direction: who switches the transceiver, as
    hal.rs485 has it.
    """

    id: str
    port: str
    baud: int
    data_bits: int
    parity: str
    stop_bits: int
    echo: bool = False
    low_latency: bool = True
    direction: str = "auto"

    @property
    def framing(self) -> str:
        """As in the file: "8N1"."""
        return f"{self.data_bits}{self.parity}{self.stop_bits}"

    @property
    def bits(self) -> int:
        """Of one character on the wire: start, data, parity, stop."""
        return 1 + self.data_bits + (self.parity != "N") + self.stop_bits

    @property
    def medium(self) -> str:
        """What the port leads to: "" a serial device, "rtu+tcp" a device server, "tcp" Modbus TCP, "udp"."""
        kind, mark, _ = self.port.partition("://")
        return kind if mark else ""


@dataclass(frozen=True)
class InstrumentSettings:
    """One [[instrument]].

    driver: a named driver, or the path of a profile; profile: the register map as plain dicts
    where the driver is one, else None; `catalogue.create(profile or driver, address, settings)`
    makes the driver. mode: "rtu" or "ascii", how Modbus is framed on a serial line.
    baud, framing: its own, None: the line's.
    every_ms: 0 polls back to back. quiet_ms: None leaves it to the line.
    pos: its place among the file's [[instrument]] tables, from 0. resolution: by channel, as stated.
    """

    id: str
    line: str
    driver: str
    address: int
    every_ms: int
    timeout_ms: int = 500
    retries: int = 1
    quiet_ms: int | None = None
    area: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] | None = None
    pos: int = 0
    mode: str = "rtu"
    baud: int | None = None
    framing: str | None = None
    resolution: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ChannelSettings:
    """One channel of the station: `instrument.name`. resolution: as stated, None where it is not.

    source: what a [[conversion]] computes it from, None of all others. marks: what its values are not to be
    taken for, of agent.config.marks.
    """

    id: str
    instrument: str
    name: str
    unit: str
    resolution: float | None = None
    source: str | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoopSettings:
    """One [[loop]]: the current of `instrument.input` as the value `instrument.name`.

    low, high: the value at 4 and at 20 mA, in `unit`. The limits are NAMUR NE43's, in mA; persist_ms:
    how long a failure must last to count.
    """

    instrument: str
    input: str
    name: str
    unit: str
    low: float
    high: float
    failed_low_ma: float = 3.6
    under_ma: float = 3.8
    over_ma: float = 20.5
    failed_high_ma: float = 21.0
    persist_ms: int = 4000


@dataclass(frozen=True)
class RelayTarget:
    """A relay of a module on a line. driver: as the file names it; relay: its [relay] table; medium:
    the line's. checked, watch_ms: of a DCON module, its checksum and its host watchdog."""

    line: str
    address: int
    coil: int
    driver: str
    relay: dict[str, Any] = field(hash=False)
    timeout_ms: int = 500
    medium: str = ""
    checked: bool = False
    watch_ms: int = 10_000

    def __str__(self) -> str:
        return f"{self.driver} on {self.line}, address {self.address}, coil {self.coil}"


@dataclass(frozen=True)
class GpioTarget:
    """A GPIO pin. chip: a device path or a label; pin: an offset or a name."""

    chip: str
    pin: int | str
    active_low: bool = False

    def __str__(self) -> str:
        return f"pin {self.pin} of {self.chip}" + (", active low" if self.active_low else "")


@dataclass(frozen=True)
class OutputSettings:
    """One [[output]].

    alarm_on: ids of rules, and "any alarm", "any fault", "agent fault". energised: the position,
    "healthy" or "alarm", in which the relay is energised; in the other one, and whenever the agent
    does not know better, it is let go. fault_delay_ms: how long a fault must last to count.
    is_horn: people can silence it, for silence_for_ms. until: "gone", "acknowledged", "gone or
    acknowledged" or "gone and acknowledged": how long an alarm holds it in alarm.
    """

    id: str
    alarm_on: tuple[str, ...]
    energised: str
    target: RelayTarget | GpioTarget
    fault_delay_ms: int = 10_000
    is_horn: bool = False
    until: str = "gone"
    silence_for_ms: int = 1_800_000


@dataclass(frozen=True)
class StationFile:
    """The whole file. utc: "auto" or "trusted"; mqtts: none where nothing is delivered; watchdog:
    the device to feed, None where that is the service manager's, or nobody's. channels: all of them."""

    path: Path
    id: str
    site: str
    data_dir: Path
    utc: str
    utc_offset_min: int
    mqtts: tuple[Mqtt, ...]
    journal: JournalSettings
    lines: tuple[LineSettings, ...]
    instruments: tuple[InstrumentSettings, ...]
    rules: tuple[RuleSettings, ...]
    watchdog: str | None = None
    outputs: tuple[OutputSettings, ...] = ()
    loops: tuple[LoopSettings, ...] = ()
    archive: ArchiveSettings = ArchiveSettings()
    channels: tuple[ChannelSettings, ...] = ()
    checks: tuple[CheckSettings, ...] = ()
    calibrations: tuple[CalibrationSettings, ...] = ()
    phases: tuple[PhaseSettings, ...] = ()
    conversions: tuple[ConversionSettings, ...] = ()
    shelf: Shelf = DEFAULT_SHELF
    outlets: tuple[OutletSettings, ...] = ()
    averages: AveragesSettings = field(default_factory=AveragesSettings)

    def channels_of(self, instrument: str) -> tuple[ChannelSettings, ...]:
        """Those of one instrument."""
        return tuple(channel for channel in self.channels if channel.instrument == instrument)
