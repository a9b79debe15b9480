"""`fenceline replay`: last month's samples through the station file's rules."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, echo_json, ending, folded, forget_stdout, station_of

if TYPE_CHECKING:
    from typing import TextIO

    from agent.config import StationFile
    from tools.replay.recording import Recording

__all__ = ["recorded", "replay", "text"]

STANDARD = Path("-")  # standard input, or output
BATCH_LINES = 1000
_failed = partial(ending, "replay", 1)


def replay(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    *,
    samples: Annotated[Path, typer.Option("--input", help="CSV: time,channel,value,flag; - is stdin.")],
    out: Annotated[Path, typer.Option("--out", help="JSON lines; - is stdout.")] = STANDARD,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Replay recorded samples: which averages and alarms this station file makes of them.

    Exit status: 0 all of it was played, 1 the recording is wrong or a file failed, 2 the station file.
    """
    from agent.pipeline.build import pipeline_of  # noqa: PLC0415 - help must not wait for it
    from hal.clock import Clock  # noqa: PLC0415
    from tools.replay.play import play  # noqa: PLC0415
    from tools.replay.told import Told  # noqa: PLC0415

    station = station_of(config, elsewhere=True)
    clock = Clock()
    began = clock.monotonic()
    recording, passed_over = recorded(samples, station, _failed)
    try:
        pipeline = pipeline_of(station)
        told = Told(pipeline)
        _write(told.lines(play(pipeline, recording)), out)
    finally:
        recording.close()
    seconds = clock.monotonic() - began
    answer = {
        "samples": recording.rows,
        "channels": len(recording.channels),
        **dict(zip(("first", "last"), recording.extent() or (None, None), strict=True)),
        "passed_over": passed_over,
        "averages": dict(told.averages),
        "alarms": told.alarms(),
        "seconds": round(seconds, 3),
        "samples_per_s": round(recording.rows / max(seconds, 0.001)),
    }
    _say(answer, station, as_json, err=out == STANDARD)


def recorded(
    samples: Path, station: "StationFile", failed: "Callable[[str], typer.Exit]"
) -> "tuple[Recording, int]":
    """All of it, checked; where it is wrong that is said by `failed`, and the command ends."""
    from tools.replay.intervals import mismatch  # noqa: PLC0415
    from tools.replay.samples import BadRecording, read  # noqa: PLC0415

    units = {channel.id: channel.unit for channel in station.channels}
    computed = {channel.id for channel in station.channels if channel.source is not None}
    name = "standard input" if samples == STANDARD else str(samples)
    try:
        with _opened(samples) as lines:
            recording, passed_over = read(lines, name, units, computed, station.utc_offset_min)
    except BadRecording as error:
        raise failed(str(error)) from None
    except OSError as error:
        raise failed(f"{name}: {error.strerror}") from None
    what, hint = mismatch(recording, station)
    if what:
        recording.close()
        raise failed(f"{name}: {what}\n  hint: {hint}")
    return recording, passed_over


@contextmanager
def _opened(samples: Path) -> "Iterator[TextIO]":
    """UTF-8; a byte that is none is told where it stands, with its row."""
    from io import TextIOWrapper  # noqa: PLC0415

    how: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    if samples == STANDARD:
        yield TextIOWrapper(sys.stdin.buffer, **how)
    else:
        with samples.open(**how) as file:
            yield file


def _write(lines: "Iterator[str]", out: Path) -> None:
    """A file whole or not at all."""
    from tools.export.out import whole_file  # noqa: PLC0415

    try:
        if out == STANDARD:
            sys.stdout.writelines(lines)
            sys.stdout.flush()
        else:
            with whole_file(out) as file:
                for batch in iter(lambda: list(islice(lines, BATCH_LINES)), []):
                    file.write("".join(batch))
    except BrokenPipeError:  # `| head` has seen enough
        forget_stdout()
        raise typer.Exit(1) from None
    except OSError as error:
        raise _failed(f"{out}: {error.strerror}") from None


def _say(answer: dict[str, Any], station: "StationFile", as_json: bool, err: bool) -> None:
    """err: standard output holds the lines."""
    if as_json:
        echo_json(answer, err=err)
    else:
        typer.echo(folded("\n".join(text(answer, station.utc_offset_min))), err=err)


def text(answer: dict[str, Any], offset_min: int) -> "Iterator[str]":
    """The summary for a person, in lines that fit a phone."""
    from tools.export.times import Zone  # noqa: PLC0415

    zone = Zone(offset_min)
    yield f"{answer['samples']} samples of {answer['channels']} channels"
    if answer["samples"]:
        yield f"  from {zone.text(answer['first'])}"
        yield f"  to   {zone.text(answer['last'])}"
    if answer["passed_over"]:
        yield f"  {answer['passed_over']} rows passed over: their channels are computed anew"
    if answer["averages"]:
        counts = ", ".join(f"{count} of {period}" for period, count in answer["averages"].items())
        yield f"averages: {counts}"
    alarms = answer["alarms"]
    for rule, row in alarms.items():
        if row["transitions"]:
            end = "" if row["state"] == "normal" else f", {row['state']} at the end"
            yield f"{rule}: raised {_times(row['raised'])}{end}"
    quiet = [rule for rule, row in alarms.items() if not row["transitions"]]
    if quiet:
        yield f"never raised: {', '.join(quiet)}"
    yield f"played in {answer['seconds']:.1f} s, {answer['samples_per_s']} samples/s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
