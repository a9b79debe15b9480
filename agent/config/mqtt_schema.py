"""[mqtt]: where readings are delivered."""

from agent.config.table import Key, Table
from agent.config.values import ID, TEXT, TEXTS, duration, integer, one_of

__all__ = ["MQTT"]

MINUTE_MS = 60_000

MQTT = Table(
    "mqtt",
    "Where readings are delivered. Without this table they are kept, and delivered nowhere.",
    (
        Key("id", ID, "of a destination; required where there are several", '"plant"', default="mqtt"),
        Key("host", TEXT, "the broker, without encryption; or `brokers`", '"127.0.0.1"'),
        Key("port", integer(1, 65535), "with `host`", "1883", default=1883),
        Key(
            "brokers",
            TEXTS,
            "tried in turn; mqtts:// is encrypted and verified, always",
            '["mqtts://a:8883", "mqtts://b:8883"]',
        ),
        Key(
            "protocol",
            one_of("auto", "5", "3.1.1"),
            "`auto`: 5, or 3.1.1 where the broker refuses it",
            '"auto"',
            default="auto",
        ),
        Key("client_id", TEXT, "unique at the broker; by default fenceline-SITE-ID", '"gp-01"'),
        Key("username", TEXT, "for the broker", '"gp-01"'),
        Key(
            "password_file",
            TEXT,
            "file holding the password alone, not readable by others",
            '"mqtt.password"',
        ),
        Key("ca_file", TEXT, "authorities to trust; by default the system's", '"plant-ca.pem"'),
        Key("cert_file", TEXT, "this station's certificate, with `key_file`", '"gp-01.pem"'),
        Key("key_file", TEXT, "its private key, not readable by others", '"gp-01.key"'),
        Key(
            "keep_alive",
            duration(1000, 15_000, step_ms=1000),
            "a silent link is noticed after one and a half of it",
            '"15s"',
            default="15s",
        ),
        Key(
            "ack_timeout",
            duration(1000, 2 * MINUTE_MS),
            "a link without acknowledgement for so long is closed",
            '"10s"',
            default="10s",
        ),
        Key(
            "backlog_rate",
            integer(1, 100_000, "readings/s"),
            "bound for what is delivered late; live readings go first",
            "2000",
            default=2000,
        ),
        Key(
            "backlog_order",
            one_of("oldest", "newest"),
            "what of it goes first",
            '"newest"',
            default="oldest",
        ),
        Key("batch", integer(1, 500, "readings"), "most readings in one message", "500", default=500),
    ),
    or_many=True,
)
