"""The tables that only a bench file has, for `fenceline sim`: as agent.config.schema has the others."""

from agent.config.schema import DAY_MS, HOUR_MS, INSTRUMENT, LINE
from agent.config.table import Key, Table
from agent.config.values import GAS, TEXT, TEXTS, duration, integer, number, one_of

__all__ = ["BEHAVIOUR", "BENCH", "BENCH_TABLES", "DEEDS", "EVENT", "FAULT", "FAULT_KINDS"]

# As hardware_sim.behaviour.figures has them; a test holds the two against each other.
DEEDS = ("power off", "no span gas", "zero", "span", "calibrate")
# As hardware_sim.faults has them; a test holds the two against each other.
FAULT_KINDS = ("dead", "late", "crc", "truncated", "long", "noise", "inside", "twice", "foreign", "exception")

BENCH = Table(
    "bench",
    "The bench itself, for `fenceline sim` alone.",
    (
        Key(
            "seed",
            integer(0, 2**63 - 1),
            "the same seed gives the same noise and faults",
            "1",
            default=1,
            bench=True,
        ),
    ),
)

BEHAVIOUR = Table(
    "behaviour",
    "An instrument's `behaviour`, for `fenceline sim` alone: figures of the bench, not of a maker.",
    (
        Key(
            "warm_up",
            duration(0, DAY_MS, 0),
            "from power on; by default the emulator's own",
            '"2m"',
            bench=True,
        ),
        Key(
            "t90", duration(0, DAY_MS, 0), "until 90 % of a step is shown", '"30s"', default="0s", bench=True
        ),
        Key(
            "noise",
            number(0),
            "standard deviation; `noise` by channel goes before",
            "0.2",
            default=0.0,
            bench=True,
        ),
        Key("zero_drift", number(), "a day, in the channel's unit", "0.5", default=0.0, bench=True),
        Key("span_drift", number(), "a day, as a share of the value", "0.01", default=0.0, bench=True),
        Key(
            "calibration",
            duration(1000, DAY_MS, 0),
            "how long a zero or a span takes; a `calibrate` takes both",
            '"60s"',
            default="60s",
            bench=True,
        ),
        Key("span_gas", GAS, "what the cylinder holds; none: a span fails", "50.0", bench=True),
        Key("floor", number(), "what is below it is shown as 0", "0.5", bench=True),
        Key("top", number(), "end of the range: what is above it is shown as this", "100.0", bench=True),
        Key("channels", TEXTS, "which it holds for; see docs/simulation.md", '["voc"]', bench=True),
    ),
)

EVENT = Table(
    "events",
    "One entry of an instrument's `events`, for `fenceline sim` alone: `what` or `do`.",
    (
        Key("at", duration(0, 30 * DAY_MS, 0), "since the start", '"10m"', required=True, bench=True),
        Key("for", duration(0, 30 * DAY_MS, 0), "how long; by default for ever", '"5m"', bench=True),
        Key("what", TEXT, "a condition that the instrument shows", '"sensor failure"', bench=True),
        Key("do", one_of(*DEEDS), "what is done to it", '"power off"', bench=True),
    ),
)

FAULT = Table(
    "faults",
    "One entry of an instrument's `faults`, for `fenceline sim` alone.",
    (
        Key("kind", one_of(*FAULT_KINDS), "what goes wrong", '"late"', required=True, bench=True),
        Key("share", number(0, 1), "of the answers", "0.1", default=1.0, bench=True),
        Key("from", duration(0, 30 * DAY_MS, 0), "since the start", '"10s"', default="0s", bench=True),
        Key("until", duration(0, 30 * DAY_MS, 0), "since the start; by default for ever", '"1m"', bench=True),
        Key("by", duration(0, HOUR_MS, 0), "how much too late; by default `timeout`", '"1s"', bench=True),
        Key("code", integer(1, 255), "Modbus exception; `exception` needs it", "2", bench=True),
    ),
)

BENCH_TABLES = (LINE, INSTRUMENT, BENCH)
