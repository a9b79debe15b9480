"""The bench file of `fenceline sim`: a station file, or one with fewer tables and more keys."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.config.bench_schema import BEHAVIOUR, BENCH, BENCH_TABLES, EVENT, FAULT
from agent.config.drivers import Drivers
from agent.config.findings import Finding, Findings, shown
from agent.config.instruments import Instrument, check_instruments, check_lines_used
from agent.config.lines import check_ids
from agent.config.model import RelayTarget
from agent.config.network import EXAMPLE, LOOPBACK, check_keys, medium_of, network_address
from agent.config.outputs import RelayFiles, check_modules, targets_of
from agent.config.reader import check_tables, collected
from agent.config.schema import OUTPUT, TABLES, Table
from agent.config.speeds import written
from agent.config.table_reader import Row, read_row, read_table
from agent.config.toml_file import read_toml
from drivers.relay_module import DCON
from hal.tcp_port import TCP, tcp_address

__all__ = ["examine_bench"]

# A fault's own keys: the kind that each belongs to.
FAULT_KEYS = (("by", "late"), ("code", "exception"))


def examine_bench(path: Path) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The bench as the plain dict that hardware_sim.bench.Bench takes, or None where it has errors.

    The same tables and checks as the station file's; [station], [mqtt], [journal], [archive] and [[rule]]
    are not looked at, and no port is needed. The relay modules of [[output]] are emulated, too.
    """
    path = Path(path)
    file = read_toml(path)
    if file.tables is None:
        return None, file.listed()
    drivers, relays, findings = Drivers(path.parent), RelayFiles(path.parent), file.findings
    check_tables(file.tables, (*TABLES, BENCH), findings)
    line, instrument, bench = (_for_bench(table) for table in BENCH_TABLES)
    lines = read_table(file.tables, line, findings, bench=True)
    rows = read_table(file.tables, instrument, findings, bench=True)
    settings = read_table(file.tables, bench, findings, bench=True)
    outputs = read_table(file.tables, OUTPUT, findings)
    if not rows and not outputs and not any(line["replay"] for line in lines):
        findings.warn(("instrument",), "no [[instrument]]: nobody answers")
    for table in (lines, rows, outputs):
        check_ids(table, findings)
    for row in lines:
        _check_listen(row, findings)
    replayed = {line["id"] for line in lines if line["replay"]}
    check_lines_used([line for line in lines if not line["replay"]], rows + outputs, findings)
    for row in rows + outputs:
        if row["line"] in replayed:
            message = f"line {row['line']} replays a capture: no instrument can be on it"
            findings.error(row.at("line"), message, "give it a line of its own")
    instruments = check_instruments(rows, lines, drivers, findings)
    targets = targets_of(outputs, lines, relays, findings)
    check_modules(outputs, targets, instruments, findings)
    media = {row["id"]: medium_of(row) for row in lines}
    faults = [_read_faults(each, media.get(each.row["line"], ""), findings) for each in instruments]
    lives = [_read_life(each.row, findings) for each in instruments]
    for each in instruments:
        _check_scripts(each, findings)
    found = collected(file, drivers, relays)
    if any(finding.severity == "error" for finding in found):
        return None, found
    return {
        "seed": settings[0]["seed"] if settings else 1,
        "line": [_line(row, path.parent) for row in lines],
        "instrument": [
            _instrument(each, own, path.parent) | life
            for each, own, life in zip(instruments, faults, lives, strict=True)
        ]
        + list(_modules([target for target in targets if isinstance(target, RelayTarget)]).values()),
    }, found


def _for_bench(table: Table) -> Table:
    """A line of a bench gets a pty in place of its port."""
    keys = tuple(
        replace(key, required=False) if (table.name, key.name) == ("line", "port") else key
        for key in table.keys
    )
    return replace(table, keys=keys)


def _check_listen(row: Row, findings: Findings) -> None:
    """A line over TCP: where it listens, in place of a pty."""
    check_keys(row, findings)
    if row["listen"] is not None and network_address(row, "listen", findings) is None:
        if not medium_of(row):
            findings.error(row.at("listen"), f"{shown(row['listen'])} is no place to listen at", EXAMPLE)
    elif row["listen"] is None:
        network_address(row, "port", findings)
    if medium_of(row) and "link" in row.given:
        findings.error(row.at("link"), "means nothing on a line that listens: it has no pty", "leave it out")


def _listen(row: Row) -> str | None:
    """Where a line is to listen: a port that is another machine's becomes any free one of this."""
    if not medium_of(row):
        return None
    address = tcp_address(row["listen"] or row["port"])
    assert address is not None, "a line over TCP without an address is an error"
    if row["listen"] or address.host in LOOPBACK:
        return str(address)
    return str(address._replace(host="127.0.0.1", port=0))


def _line(row: Row, base: Path) -> dict[str, Any]:
    data_bits, parity, stop_bits = row["framing"]
    replay = row["replay"]
    # A capture knows its own settings; others hold only where the file says so.
    return {
        "id": row["id"],
        "baud": None if replay and "baud" not in row.given else row["baud"],
        "framing": None if replay and "framing" not in row.given else f"{data_bits}{parity}{stop_bits}",
        "replay": str(base / replay) if replay else None,
        "link": None if row["link"] is None else str(base / row["link"]),
        "listen": _listen(row),
        "echo": row["echo"],
    }


def _instrument(each: Instrument, faults: list[dict[str, Any]], base: Path) -> dict[str, Any]:
    row = each.row
    return {
        "id": row["id"],
        "line": row["line"],
        "address": row["address"] or 0,
        "driver": row["driver"],
        "profile": each.driver.profile if each.driver else None,
        "settings": row["settings"] or {},
        "mode": row["mode"],
        "baud": row["baud"],
        "framing": written(row["framing"]),
        "turnaround_ms": row["turnaround"],
        "values": {name: _source(value, base) for name, value in (row["values"] or {}).items()},
        "noise": row["noise"] or {},
        "faults": faults,
        "units": each.channels or {},
    }


def _source(value: Any, base: Path) -> Any:
    """A recording's file is relative to the bench file."""
    return {**value, "csv": str(base / value["csv"])} if isinstance(value, dict) else value


def _modules(targets: list[RelayTarget]) -> dict[tuple[str, int], dict[str, Any]]:
    """The relay modules, each once, however many outputs it has."""
    return {
        (target.line, target.address): {
            "id": f"relays-{target.line}-{target.address}",
            "line": target.line,
            "address": target.address,
            "driver": "dcon-relays" if target.relay.get("protocol") == DCON else "relay-module",
            "settings": {
                "coils": target.relay["coils"],
                "first": target.relay.get("first", 0),
                **({"checksum": target.checked} if target.relay.get("protocol") == DCON else {}),
            },
        }
        for target in targets
    }


def _check_scripts(each: Instrument, findings: Findings) -> None:
    """Names in `values` and `noise`; those of a Python driver's emulator are its own to know."""
    row, profile = each.row, each.driver.profile if each.driver else None
    values, noise = row["values"] or {}, row["noise"] or {}
    if profile is not None and each.channels is not None:
        known = [*each.channels, *(status["name"] for status in profile.get("status", ()))]
        for key in ("values", "noise"):
            for name in row[key] or {}:
                if name not in known:
                    message = f"{row['driver']} has no such channel or status"
                    findings.error(row.at(key, name), message, "it has " + ", ".join(known))
    for name in noise:
        if name not in values:
            findings.error(row.at("noise", name), "noise without a value", f"give values.{name} too")


def _read_life(row: Row, findings: Findings) -> dict[str, Any]:
    """`behaviour` and `events`. What the instrument can show is its emulator's to know."""
    behaviour = None
    if row["behaviour"] is not None:
        read = read_row(row["behaviour"], row.at("behaviour"), BEHAVIOUR, findings, bench=True)
        behaviour = {
            f"{key.name}_s" if key.kind.type == "duration" else key.name: _seconds(read[key.name])
            if key.kind.type == "duration"
            else read[key.name]
            for key in BEHAVIOUR.keys
        }
    events = []
    for place, table in enumerate(row["events"] or ()):
        event = read_row(table, row.at("events", place), EVENT, findings, bench=True)
        if ("what" in event.given) == ("do" in event.given):
            findings.error(
                event.at("at"), "an event has either `what` it shows or what one is to `do` with it"
            )
        events.append(
            {
                "at_s": _seconds(event["at"]),
                "for_s": _seconds(event["for"]),
                "what": event["what"],
                "do": event["do"],
            }
        )
    return {"behaviour": behaviour, "events": events}


def _read_faults(each: Instrument, medium: str, findings: Findings) -> list[dict[str, Any]]:
    """medium: of its line."""
    row = each.row
    faults = []
    for place, table in enumerate(row["faults"] or ()):
        fault = read_row(table, row.at("faults", place), FAULT, findings, bench=True)
        kind = fault["kind"]
        for key, meant in FAULT_KEYS:
            if kind is not None and kind != meant and key in fault.given:
                findings.error(fault.at(key), f"means nothing for {kind}", f"it belongs to {meant}")
        if kind == "exception" and "code" not in fault.given:
            findings.error(fault.at("code"), "missing", "exception needs it")
        # By default as late as a master waits: behind the window, where it does harm.
        late_by = row["timeout"] if kind == "late" and "by" not in fault.given else fault["by"]
        if kind == "exception" and each.driver and each.driver.protocol != "modbus":
            findings.error(fault.at("kind"), "only a Modbus instrument answers an exception", "use dead here")
        if kind in ("crc", "inside") and medium == TCP:
            findings.error(fault.at("kind"), "TCP lets no damaged byte through", "use truncated or dead here")
        if None not in (fault["until"], fault["from"]) and fault["until"] <= fault["from"]:
            findings.error(fault.at("until"), "not behind `from`")
        faults.append(
            {
                "kind": kind,
                "share": fault["share"],
                "from_s": _seconds(fault["from"]),
                "until_s": _seconds(fault["until"]),
                "by_ms": late_by,
                "code": fault["code"],
            }
        )
    return faults


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000
