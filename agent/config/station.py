"""[station], [journal] and [mqtt]: names, folders, brokers, and the files that hold secrets."""

import os
import re
import shutil
import stat
from pathlib import Path
from urllib.parse import urlsplit

from agent.config.findings import Findings, shown
from agent.config.model import Broker, JournalSettings, Mqtt
from agent.config.network import LOOPBACK
from agent.config.table_reader import Row
from hal.disk import reserve_bytes

__all__ = [
    "check_data_dir",
    "check_destinations",
    "check_mqtt",
    "check_room",
    "check_watchdog",
    "read_journal",
    "read_mqtt",
]

HOST = re.compile(r"[A-Za-z0-9_.:-]+")  # a name, an IPv4 or an IPv6 address
DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}
SECRETS = ("password_file", "key_file")
FILES = (*SECRETS, "ca_file", "cert_file")


def check_data_dir(station: Row, base: Path, findings: Findings) -> Path | None:
    """The data folder, or None where the key is wrong. It need not exist yet."""
    if station["data_dir"] is None:
        return None
    folder: Path = base / station["data_dir"]
    there = folder
    try:
        while not there.exists() and there != there.parent:
            there = there.parent
        if not there.is_dir():
            findings.error(station.at("data_dir"), f"{shown(str(there))} is a file, not a folder")
        elif not os.access(there, os.W_OK | os.X_OK, effective_ids=True):
            findings.warn(
                station.at("data_dir"),
                f"no permission to write into {shown(str(there))}",
                "the agent's user must own it: `sudo chown fenceline` it, or run this check as that user",
            )
    except OSError as error:
        findings.error(station.at("data_dir"), f"cannot be used: {error.strerror}")
    return folder


def check_room(journal: Row | None, archive_bytes: int, data_dir: Path, findings: Findings) -> None:
    """Whether the disk can hold what the journal may fill; of a folder that is there, on the box itself.

    archive_bytes: what the archive will take. Of both, what the folder holds already is there.
    """
    max_mb = journal["max_mb"] if journal else JournalSettings.max_mb
    if max_mb is None or not data_dir.is_dir():
        return
    try:
        usage = shutil.disk_usage(data_dir)
        held = sum(path.stat().st_size for path in data_dir.iterdir() if path.is_file())
    except OSError:  # told where the folder itself is checked
        return
    room_mb = (usage.free + held - reserve_bytes(usage.total) - archive_bytes) // 1_000_000
    if room_mb < max_mb:
        at = journal.at("max_mb") if journal else ("journal",)
        beside = f" beside an archive of {archive_bytes // 1_000_000} MB" if archive_bytes else ""
        what = f"the disk of data_dir has room for {max(0, room_mb)} MB of these {max_mb}{beside}"
        findings.warn(at, what, "what was sent goes sooner, then what is owed is thinned: docs/operation.md")


def check_watchdog(station: Row, findings: Findings) -> None:
    """The watchdog device. It is not opened: from then on it would reset the box."""
    path, at = station["watchdog"], station.at("watchdog")
    if path is None:
        return
    if not path.startswith("/"):
        findings.error(at, f"{shown(path)} is no device path", 'as in "/dev/watchdog"')
        return
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        hint = "`ls /dev/watchdog*` shows what this box has; where systemd feeds it, leave this key out"
        gone = isinstance(error, FileNotFoundError)
        findings.warn(
            at, f"{path} " + ("does not exist now" if gone else f"cannot be reached: {error.strerror}"), hint
        )
        return
    if not stat.S_ISCHR(mode):
        findings.warn(at, f"{path} is not a device: it resets nothing", 'as in "/dev/watchdog"')
    elif not os.access(path, os.W_OK, effective_ids=True):
        findings.warn(at, f"no permission to write {path}", "the agent's user must be able to")


def check_mqtt(row: Row, base: Path | None, findings: Findings) -> tuple[Broker, ...] | None:
    """The brokers, or None where they are wrong; and everything that [mqtt] points to, below `base`."""
    brokers = _brokers(row, findings)
    for key in FILES:
        if row[key] is not None and base is not None:
            _check_file(row, key, base / row[key], findings)
    _check_together(row, brokers, findings)
    return brokers


def check_destinations(rows: list[Row], findings: Findings) -> None:
    """Of several [[mqtt]], each has an id of its own, and a client id of its own."""
    if len(rows) < 2:
        return
    for row in rows:
        if "id" not in row.given:
            findings.error(row.at("id"), "missing", 'several destinations are told apart by it: id = "plant"')
    for key in ("id", "client_id"):
        seen: set[str] = set()
        for row in rows:
            if key not in row.given or row[key] is None:
                continue
            if row[key] in seen:
                findings.error(row.at(key), f"{shown(row[key])} stands twice")
            seen.add(row[key])


def read_journal(row: Row | None) -> JournalSettings:
    """The defaults where there is no [journal]. Only for a row without errors."""
    return JournalSettings() if row is None else JournalSettings(row["commit_every"], row["max_mb"])


def read_mqtt(row: Row, brokers: tuple[Broker, ...], client_id: str, base: Path) -> Mqtt:
    """client_id: the default one. Only for a row without errors."""
    files = {key: None if row[key] is None else base / row[key] for key in FILES}
    return Mqtt(
        id=row["id"],
        brokers=brokers,
        protocol=row["protocol"],
        client_id=row["client_id"] or client_id,
        username=row["username"],
        keep_alive_s=row["keep_alive"] // 1000,
        ack_timeout_s=row["ack_timeout"] / 1000,
        backlog_rate=row["backlog_rate"],
        backlog_order=row["backlog_order"],
        batch=row["batch"],
        **files,
    )


def _brokers(row: Row, findings: Findings) -> tuple[Broker, ...] | None:
    if "brokers" in row.given:
        for key in ("host", "port"):
            if key in row.given:
                findings.error(row.at(key), "both this and `brokers`", "write the one or the other")
        urls = row["brokers"] or []
        found = [_broker(url, row, place, findings) for place, url in enumerate(urls)]
        good = tuple(broker for broker in found if broker is not None)
        return good if good and len(good) == len(found) else None
    if "host" not in row.given:
        findings.error(row.at("host"), "missing", 'add host = "127.0.0.1", or brokers = ["mqtts://a:8883"]')
    host = row["host"]
    if host is not None and not HOST.fullmatch(host):
        hint = 'encrypted or not, addresses with a scheme go into brokers = ["mqtts://a:8883"]'
        findings.error(row.at("host"), f"{shown(_without_user(host))} is no host name", hint)
        return None
    return None if host is None or row["port"] is None else (Broker(host, row["port"], tls=False),)


def _broker(url: str, row: Row, place: int, findings: Findings) -> Broker | None:
    """One of `brokers`: mqtt://host:port or mqtts://host:port."""
    at = row.at("brokers", place)
    written = shown(_without_user(url))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        findings.error(at, f"{written} is no address of a broker", 'as in "mqtts://broker.example:8883"')
        return None
    if "@" in parts.netloc:
        findings.error(at, f"{written}: a name or a password in it", "use `username` and `password_file`")
        return None
    if parts.scheme not in DEFAULT_PORTS:
        findings.error(at, f"{written} is no address of a broker", "it begins with mqtt:// or mqtts://")
        return None
    if not host or not HOST.fullmatch(host) or port == 0 or parts.path or parts.query or parts.fragment:
        hint = f"only host and port, as in {parts.scheme}://broker.example:{DEFAULT_PORTS[parts.scheme]}"
        findings.error(at, f"{written} is no address of a broker", hint)
        return None
    return Broker(host, port or DEFAULT_PORTS[parts.scheme], parts.scheme == "mqtts")


def _without_user(url: str) -> str:
    """A password typed in the wrong place must not end up in a log."""
    scheme, mark, rest = url.rpartition("://")
    return scheme + mark + rest.rpartition("@")[2]


def _check_file(row: Row, key: str, path: Path, findings: Findings) -> None:
    """A file that [mqtt] points to: it must be there, and a secret must be one."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            findings.error(row.at(key), f"{shown(str(path))} is not a file")
        elif key in SECRETS and mode & stat.S_IRWXO:
            findings.error(row.at(key), f"{path.name} is open to every user of this box", f"chmod 640 {path}")
        elif not os.access(path, os.R_OK, effective_ids=True):
            findings.error(row.at(key), f"no permission to read {path.name}", f"`ls -l {path}` shows who may")
    except FileNotFoundError:
        findings.error(row.at(key), f"there is no file {shown(str(path))}")
    except OSError as error:
        findings.error(row.at(key), f"{shown(str(path))} cannot be read: {error.strerror}")


def _check_together(row: Row, brokers: tuple[Broker, ...] | None, findings: Findings) -> None:
    """Keys that mean nothing, or too little, without each other."""
    if row["password_file"] and "username" not in row.given:
        findings.error(row.at("password_file"), "a password without `username`", "add username")
    for key, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
        if row[key] and other not in row.given:
            findings.error(row.at(key), f"means nothing without `{other}`", f"add {other}")
    if brokers is None:
        return
    if not any(broker.tls for broker in brokers):
        for key in ("ca_file", "cert_file", "key_file"):
            if row[key]:
                hint = 'encryption is asked for by brokers = ["mqtts://host:8883"]'
                findings.error(row.at(key), "no broker here is encrypted", hint)
    if row["password_file"] and any(not broker.tls and broker.host not in LOOPBACK for broker in brokers):
        findings.warn(row.at("password_file"), "the password crosses the network in clear", "use mqtts://")
