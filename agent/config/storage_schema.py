"""[journal] and [archive]: what is kept on the disk."""

from agent.config.table import Key, Table
from agent.config.values import TEXTS, duration, integer

__all__ = ["ARCHIVE", "JOURNAL"]

MINUTE_MS = 60_000

JOURNAL = Table(
    "journal",
    "How the readings are kept.",
    (
        Key(
            "commit_every",
            duration(50, MINUTE_MS),
            "a power cut loses at most this much",
            '"1s"',
            default="1s",
        ),
        Key(
            "max_mb",
            integer(16, 1_000_000, "MB"),
            "what was sent goes first when it is full",
            "2000",
            default=2000,
        ),
    ),
)

ARCHIVE = Table(
    "archive",
    "What is kept for years: minute, hour and day values of every channel.",
    (
        Key("years", integer(5, 50, "years"), "kept at least for so long", "5", default=5),
        Key("raw", TEXTS, "channels of which every reading is kept, too", '["pid-tank.voc"]'),
    ),
)
