"""`fenceline status`: what the running agent says of itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, duration, echo_json
from tools.modes_text import mode_text
from tools.outputs_text import outputs_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["status", "text"]


def status(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as one JSON object.")] = False,
) -> None:
    """Show the running agent: lines, instruments, alarms, backlog, broker.

    Exit status: 0 the agent answered, 1 it did not, 2 the station file has errors.
    """
    answer = asked(config, "status", "status")
    if as_json:
        echo_json(answer)
    else:
        typer.echo("\n".join(text(answer)))


def text(answer: "dict[str, Any]") -> "Iterator[str]":
    """The answer for a person, in lines that fit a phone."""
    trusted = "" if answer["utc_trusted"] else ", UTC NOT TRUSTED"
    yield f"{answer['station']} ({answer['site']}), up {duration(answer['uptime_s'])}{trusted}"
    yield f"log {answer['log']}, boot {answer['boot']}, seq {answer['last_seq']}"
    yield from _journal(answer["journal"])
    if "archive" in answer:  # an agent started before an update knows none
        yield _archive(answer["archive"])
    for line in answer["lines"]:
        instruments = [row for row in answer["instruments"] if row["line"] == line["id"]]
        yield from _line(line, instruments, answer.get("modes", []))  # an older agent knows none
    yield ""
    for alarm in answer["alarms"]:
        yield f"alarm {alarm['rule']:20} {alarm['state']:9} {alarm['channel']} {alarm['condition']}"
    if not answer["alarms"]:
        yield "no rules"
    yield from _alarm_load(answer.get("alarm_load"))  # an agent started before an update knows none
    yield from outputs_text(answer.get("outputs", []))  # an agent started before an update knows none
    for name, row in answer["destinations"].items():
        yield from _destination(name, row)
    if not answer["destinations"]:
        yield "nothing is delivered: the station file has no [mqtt]"
    for task, count in answer["restarts"].items():
        yield f"task {task} was restarted {count} times"


def _alarm_load(load: "dict[str, Any] | None") -> "Iterator[str]":
    if load and load["flood"]:
        yield f"ALARM FLOOD: {load['flood']} raised since it began"
    for word in ("chatter", "stale"):
        if load and load[word]:
            yield f"alarms, {word}: {', '.join(load[word])}"


def _journal(row: "dict[str, Any]") -> "Iterator[str]":
    if row["failing"]:
        yield f"JOURNAL FAILING: {row['failing']}"
    if row["dropped"]:
        yield f"readings dropped because the journal failed: {row['dropped']}"


def _archive(row: "dict[str, Any]") -> str:
    if row["failing"]:
        return f"ARCHIVE FAILING: {row['failing']}"
    lacking = "".join(
        f", {row[key]} {what}"
        for key, what in (("lost", "readings not readable"), ("unplaced", "hours not made anew"))
        if row.get(key)
    )
    return f"archive {row['bytes'] / 1e6:.1f} MB{lacking}"


def _line(
    line: "dict[str, Any]", instruments: "list[dict[str, Any]]", modes: "Iterable[dict[str, Any]]" = ()
) -> "Iterator[str]":
    errors = ", ".join(
        f"{count} {what}"
        for what, count in line["errors"].items()
        if count and what not in ("asked", "answered")
    )
    state = f"load {line['load']:.0%}" if line["open"] else "PORT LOST"
    yield ""
    device = line.get("device")
    port = line["port"] if device in (None, line["port"]) else f"{line['port']}, now {device}"
    yield f"line {line['id']} ({port}): {state}, {line['errors']['asked']} asked"
    if line["trouble"]:
        if line["open"]:
            yield "  connected again, but nothing has come over it yet; it was lost:"
        yield from (f"  {row}" for row in line["trouble"].splitlines())
    if errors or line["noise_bytes"]:
        yield f"  {errors or 'no errors'}; {line['noise_bytes']} bytes of noise"
    if line.get("parity_errors") or line.get("breaks"):
        damaged, breaks = line["parity_errors"], line["breaks"]
        yield f"  damaged on the wire: {damaged} bytes (parity or framing), {breaks} breaks"
    yield from _strangers(line)
    if line["low_latency"] is False:
        yield "  the adapter's driver refuses low latency: expect slower polls"
    if "plan" in line:  # an agent started before an update knows none
        yield _plan(line["plan"])
    for row in instruments:
        late = f", {row['skipped']} polls skipped" if row["skipped"] else ""
        trouble = f", {row['trouble']}" if row["trouble"] else ""
        answer = _latency(row)
        own = "".join(f", {row[key]}" for key in ("baud", "framing") if row.get(key))
        yield f"  {row['id']} (address {row['address']}, {row['driver']}{own}): {answer}{late}{trouble}"
        yield from (f"    {mode_text(mode, why=False)}" for mode in modes if mode["instrument"] == row["id"])
        for channel in row["channels"]:
            yield f"    {_channel(channel)}"


def _strangers(line: "dict[str, Any]") -> "Iterator[str]":
    """What others put on the line; an agent started before an update knows nothing of it."""
    if line.get("second_master"):
        yield f"  SECOND MASTER: {line['second_master']}; readings are D until it is quiet"
    elif line.get("foreign_frames"):
        yield f"  {line['foreign_frames']} frames that nobody here asked for"
    if (echo := line.get("echo")) and echo["heard"] is not None and echo["heard"] != echo["set"]:
        heard = "an echo is heard: set echo = true" if echo["heard"] else "no echo is heard: leave echo out"
        yield f"  {heard}"


def _plan(plan: "dict[str, Any]") -> str:
    unmet = "" if plan["feasible"] else ", INTERVALS CANNOT BE MET: see fenceline plan"
    return f"  plan: load {plan['load']:.0%}, cycle {plan['cycle_ms']:.0f} ms{unmet}"


def _latency(row: "dict[str, Any]") -> str:
    """Both from the question's end to the answer's last byte; who speaks unasked has no such time."""
    if row["latency_ms"] is None and row.get("answered"):
        return "speaks on its own"
    said = "never answered" if row["latency_ms"] is None else f"answers in {row['latency_ms']:.0f} ms"
    return f"{said} (plan {row['planned_latency_ms']:.0f} ms)" if "planned_latency_ms" in row else said


def _channel(channel: "dict[str, Any]") -> str:
    if channel["flag"] is None:
        return f"{channel['channel']:14} not read yet"
    value = "-" if channel["value"] is None else f"{channel['value']:g}"
    why = "; " + ", ".join(channel["conditions"]) if channel["conditions"] else ""
    said = f"{value:>9} {channel['unit']:6} {channel['flag']}"
    return f"{channel['channel']:14} {said} {channel['age_s']:.1f} s{why}"


def _destination(name: str, row: "dict[str, Any]") -> "Iterator[str]":
    if row["connected"]:
        yield f"{name}: connected to {row['broker']}, MQTT {row['protocol']}"
    else:
        yield f"{name}: NOT CONNECTED: {row['last_error'] or 'no attempt yet'}"
    owed = row["events_owed"] + row["live_owed"] + row["backlog_owed"]
    oldest = row["oldest_owed_age_s"]
    age = "" if oldest is None else f", oldest {duration(oldest)} old"
    yield f"  backlog {owed}{age}; sent {row['sent']}, confirmed {row['acked']}, refused {row['refused']}"
    if row["set_aside"]:
        yield f"  {row['set_aside']} set aside because the broker refused them"
