"""Every table and key of the station file, once: what reads the file and what describes it.

docs/station.md shows these tables; a test keeps the two together.
"""

from typing import Any

from agent.config.alarm_schema import ALARMS
from agent.config.averages_schema import AVERAGE, AVERAGES
from agent.config.conversion_schema import AREA, CONVERSION
from agent.config.mqtt_schema import MQTT
from agent.config.outlet_schema import OUTLET
from agent.config.quality_schema import CALIBRATION, CHECK
from agent.config.rule_schema import PHASE, RULE
from agent.config.storage_schema import ARCHIVE, JOURNAL
from agent.config.table import Key, Table
from agent.config.values import (
    ADDRESS,
    EVENTS,
    FAULTS,
    FRAMING,
    ID,
    LAMP,
    NOISE,
    OFFSET,
    PIN,
    RESOLUTIONS,
    SCRIPTS,
    TABLE,
    TEXT,
    TEXTS,
    TRUTH,
    UNTIL,
    duration,
    integer,
    number,
    one_of,
)
from hal.rs485 import AUTO, DIRECTIONS

__all__ = ["DAY_MS", "HOUR_MS", "INSTRUMENT", "LINE", "OUTPUT", "TABLES", "Key", "Table", "parsed_default"]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


STATION = Table(
    "station",
    "Who this box is, and where it keeps what must survive.",
    (
        Key("id", ID, "name of the station", '"gp-01"', required=True),
        Key("site", ID, "name of the site", '"north-works"', required=True),
        Key(
            "data_dir",
            TEXT,
            "folder of the journal; relative to this file",
            '"/var/lib/fenceline"',
            default="/var/lib/fenceline",
        ),
        Key("utc_offset", OFFSET, "local time, for hours and days", '"+08:00"', default="+08:00"),
        Key(
            "utc",
            one_of("auto", "trusted"),
            "`trusted` where the host keeps the time by means of its own",
            '"auto"',
            default="auto",
        ),
        Key("watchdog", TEXT, "device that resets the box when the agent hangs", '"/dev/watchdog"'),
    ),
    required=True,
)

LINE = Table(
    "line",
    "One RS-485 line.",
    (
        Key("id", ID, "name of the line", '"gas-purification"', required=True),
        Key(
            "port",
            TEXT,
            "serial device or link, `usb:SERIAL`, `tcp://host:port`, `rtu+tcp://host:port` or `udp://host:port`",
            '"/dev/ttyUSB0"',
            required=True,
        ),
        Key("baud", integer(300, 4_000_000, "bit/s"), "speed", "9600", default=9600),
        Key("framing", FRAMING, "data bits, parity, stop bits", '"8N1"', default="8N1"),
        Key("echo", TRUTH, "the adapter hears what it sends", "false", default=False),
        Key("low_latency", TRUTH, "ask the adapter's driver not to hold bytes back", "true", default=True),
        Key(
            "direction",
            one_of(*DIRECTIONS),
            "who switches the transceiver: `auto` the adapter itself, `rts` the kernel by RTS",
            '"rts"',
            default=AUTO,
        ),
        Key("link", TEXT, "stable name for the pty; relative to the file", '"/run/bench/a"', bench=True),
        Key(
            "listen",
            TEXT,
            "serve TCP in place of a pty; by default `port`, where that is this machine",
            '"tcp://127.0.0.1:1502"',
            bench=True,
        ),
        Key(
            "replay",
            TEXT,
            "a capture (`fenceline trace --save`) that answers in place of instruments; relative to the file",
            '"capture.jsonl"',
            bench=True,
        ),
    ),
    many=True,
)

INSTRUMENT = Table(
    "instrument",
    "One instrument on a line.",
    (
        Key("id", ID, "name of the instrument; its channels are `id.channel`", '"pid-tank"', required=True),
        Key("line", ID, "id of its line", '"gas-purification"', required=True),
        Key(
            "driver",
            TEXT,
            "a named driver, or a profile: path ending in .toml, relative to this file",
            '"honeywell-raeguard3"',
            required=True,
        ),
        Key(
            "address",
            ADDRESS,
            "on the line; required where the protocol has addresses",
            "3",
        ),
        Key("baud", integer(300, 4_000_000, "bit/s"), "its own speed; by default the line's", "4800"),
        Key("framing", FRAMING, "its own data bits, parity, stop bits; by default the line's", '"8E1"'),
        Key("mode", one_of("rtu", "ascii"), "how Modbus is framed on a serial line", '"rtu"', default="rtu"),
        Key("every", duration(0, DAY_MS), 'poll interval; "0s": back to back', '"1s"', default="1s"),
        Key(
            "timeout",
            duration(1, MINUTE_MS),
            "from the end of the question to the answer's first byte",
            '"300ms"',
            default="500ms",
        ),
        Key("retries", integer(0, 10), "further tries of an unanswered question", "1", default=1),
        Key(
            "quiet",
            duration(0, 10 * MINUTE_MS),
            "rest after an unanswered question; by default the larger of 2 s and 4 timeouts",
            '"2s"',
        ),
        Key("area", TEXT, "part of the plant, for people and the platform", '"gas purification"'),
        Key("lamp", LAMP, "of a PID: the energy of its lamp, as on its label", "10.6"),
        Key("settings", TABLE, "what the driver's source leaves open", "{ divisor = 10 }"),
        Key("resolution", RESOLUTIONS, "smallest step, by channel; by default as seen", "{ voc = 0.1 }"),
        Key(
            "turnaround",
            duration(0, MINUTE_MS, step_ms=0),
            "from the question's end to the answer's beginning",
            '"5ms"',
            default="5ms",
            bench=True,
        ),
        Key("values", SCRIPTS, "what it measures, by channel", "{ voc = 12.5 }", bench=True),
        Key("noise", NOISE, "standard deviation, by channel", "{ voc = 0.2 }", bench=True),
        Key(
            "behaviour",
            TABLE,
            "warm-up, response, drift, calibration; see docs/simulation.md",
            '{ warm_up = "2m", t90 = "30s" }',
            bench=True,
        ),
        Key(
            "events",
            EVENTS,
            "what happens to it, and when",
            '[{ at = "10m", for = "5m", do = "power off" }]',
            bench=True,
        ),
        Key(
            "faults",
            FAULTS,
            "what goes wrong on the wire",
            '[{ kind = "late", share = 0.1, by = "1s" }]',
            bench=True,
        ),
    ),
    many=True,
)

LOOP = Table(
    "loop",
    "One 4-20 mA current loop, behind an input of an analog module.",
    (
        Key("input", TEXT, "`instrument.channel` of the module, in mA", '"ai-cabinet.ai0"', required=True),
        Key("name", ID, "of the value: its channel is `instrument.name`", '"voc"', required=True),
        Key("low", number(), "the value at 4 mA", "0.0", required=True),
        Key("high", number(), "the value at 20 mA", "100.0", required=True),
        Key("unit", TEXT, "of the value", '"ppm"', required=True),
        Key("lamp", LAMP, "the transmitter is a PID, with this lamp", "10.6"),
        Key("failed_low", number(0, 30, "mA"), "at and below: sensor failure", "3.6", default=3.6),
        Key("under", number(0, 30, "mA"), "below: under range", "3.8", default=3.8),
        Key("over", number(0, 30, "mA"), "above: over range", "20.5", default=20.5),
        Key("failed_high", number(0, 30, "mA"), "at and above: sensor failure", "21.0", default=21.0),
        Key("persist", duration(0, MINUTE_MS), "how long a failure must last to count", '"4s"', default="4s"),
    ),
    many=True,
)

OUTPUT = Table(
    "output",
    "One relay: a beacon, a siren, a contact.",
    (
        Key("id", ID, "name of the output", '"beacon"', required=True),
        Key(
            "alarm_on",
            TEXTS,
            'ids of rules, and "any alarm", "any fault", "agent fault"',
            '["benzene-tank-high"]',
            required=True,
        ),
        Key(
            "energised",
            one_of("healthy", "alarm"),
            "in which position the relay is energised; `healthy` is fail-safe",
            '"healthy"',
            required=True,
        ),
        Key(
            "kind",
            one_of("contact", "horn"),
            "`horn`: people silence it, and a new alarm sounds it anew",
            '"horn"',
            default="contact",
        ),
        Key(
            "until",
            one_of(*UNTIL),
            "how long an alarm holds it in alarm; by default `acknowledged` for a horn, else `gone`",
            '"acknowledged"',
        ),
        Key(
            "silence_for",
            duration(MINUTE_MS, DAY_MS),
            "of a horn: silenced, it sounds again after so long",
            '"30m"',
            default="30m",
        ),
        Key("driver", TEXT, "a named relay module, or a file ending in .toml", '"waveshare-relay-8"'),
        Key("line", ID, "id of the module's line", '"gas-purification"'),
        Key("address", ADDRESS, "of the module on its line", "10"),
        Key("coil", integer(0, 63), "which relay, as on the wire: the module's first is 0", "0"),
        Key("timeout", duration(1, MINUTE_MS), "of the module's answers", '"500ms"', default="500ms"),
        Key(
            "host_watchdog",
            duration(1000, 25_000, step_ms=100),
            "of modules that have one: without a word from the agent for so long they let go",
            '"10s"',
            default="10s",
        ),
        Key("checksum", TRUTH, "of DCON modules: as set on the module", "false", default=False),
        Key("chip", TEXT, "GPIO instead of a module: the chip's device or label", '"/dev/gpiochip0"'),
        Key("pin", PIN, "the pin's offset on the chip, or its name", "17"),
        Key("active", one_of("high", "low"), "level that energises the relay", '"high"', default="high"),
        Key(
            "fault_delay",
            duration(0, HOUR_MS),
            "how long a fault must last to count",
            '"10s"',
            default="10s",
        ),
    ),
    many=True,
)

TABLES = (
    *(STATION, MQTT, JOURNAL, ARCHIVE, AVERAGES, LINE, INSTRUMENT, LOOP),
    *(CHECK, CALIBRATION, CONVERSION, AREA, AVERAGE, PHASE, RULE, ALARMS, OUTLET, OUTPUT),
)


def parsed_default(key: Key) -> Any:
    """The default as the reader hands it on; None where there is none."""
    return None if key.default is None else key.kind.parse(key.default)
