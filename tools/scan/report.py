"""What a scan found, for a person and as JSON."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from drivers import catalogue
from hal.tcp_port import TCP
from tools.scan.settings import Setting
from tools.scan.sweep import Hit, Outcome

__all__ = ["Target", "as_dict", "text"]

COULD_BE_SHOWN = 3


def as_dict(outcome: Outcome, port: str, seconds: float) -> dict[str, Any]:
    """The contract of `--json`: docs/scan.md."""
    return {
        "port": port,
        "seconds": round(seconds, 1),
        "interrupted": outcome.interrupted,
        "found": [_hit_row(hit) for hit in outcome.hits],
        "tried": [
            {**_setting_row(setting), "questions": asked, "noise_bytes": noise}
            for setting, asked, noise in outcome.tried
        ],
        "skipped": [_setting_row(setting) for setting in outcome.skipped],
        "notes": list(outcome.notes),
    }


def _setting_row(setting: Setting) -> dict[str, Any]:
    """Modbus TCP has no speed and no framing."""
    if setting.medium == TCP:
        return {"baud": None, "framing": None}
    return {"baud": setting.baud, "framing": setting.framing}


def _hit_row(hit: Hit) -> dict[str, Any]:
    return {
        **_setting_row(hit.setting),
        "protocol": hit.protocol,
        "address": hit.address,
        "latency_ms": None if hit.latency_ms is None else round(hit.latency_ms, 1),
        "identity": dict(hit.found.facts),
        "fits": list(hit.found.fits),
        "could_be": list(hit.found.could_be),
        "notes": list(hit.notes),
    }


class Target(NamedTuple):
    """What was scanned: the port, and where it is a line of the station file, that line's id and settings."""

    port: str
    line: str | None = None
    setting: Setting | None = None
    echo: bool = False


def text(outcome: Outcome, target: Target, seconds: float) -> Iterator[str]:
    """For a person."""
    for hit in outcome.hits:
        yield from _hit(hit)
    if not outcome.hits:
        yield f"nobody answered on {target.port}"
    yield from _settings(outcome)
    yield from outcome.notes
    if outcome.interrupted:
        yield "interrupted: this is what was known by then"
    asked = sum(questions for _, questions, _ in outcome.tried)
    yield f"{asked} questions in {_duration(seconds)}; nothing was written to any instrument"
    if not outcome.hits and not outcome.interrupted:
        yield "hint: check power and A/B polarity; --addresses 1-247 asks all Modbus addresses"
    if outcome.hits:
        yield from _tables(outcome.hits, target)


def _hit(hit: Hit) -> Iterator[str]:
    where = hit.protocol + ("" if hit.address is None else f", address {hit.address}")
    latency = "" if hit.latency_ms is None else f", answers in {hit.latency_ms:.0f} ms"
    yield f"FOUND {where}, at {hit.setting}{latency}"
    for name, said in hit.found.facts:
        yield f"  {name}: {said}"
    for note in hit.notes:
        yield f"  NOTE {note}"
    yield f"  {_drivers(hit)}"


def _drivers(hit: Hit) -> str:
    if hit.found.fits:
        return f"fits: {', '.join(hit.found.fits)} (it says so itself)"
    if not hit.found.could_be:
        return "no named driver's registers can be read: `fenceline profile new` writes a profile"
    shown = hit.found.could_be[:COULD_BE_SHOWN]
    more = len(hit.found.could_be) - len(shown)
    return f"could be: {', '.join(shown)}" + (f" and {more} more" if more else "")


def _settings(outcome: Outcome) -> Iterator[str]:
    at_hits = {hit.setting for hit in outcome.hits}
    for setting, _, noise in outcome.tried:
        if noise and setting not in at_hits:
            yield (
                f"at {setting}: {noise} bytes that fit nothing were heard: perhaps an instrument "
                "at another speed, framing or protocol"
            )
    if outcome.tried and not outcome.hits:
        yield "tried: " + ", ".join(str(setting) for setting, _, _ in outcome.tried)
    if outcome.skipped:
        left = ", ".join(map(str, outcome.skipped))
        yield f"not tried, since a line usually has one setting: {left} (--all tries them)"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def _tables(hits: list[Hit], target: Target) -> Iterator[str]:
    """What to paste into the station file."""
    yield ""
    yield "For the station file; look at each name, driver and setting:"
    for at, setting in enumerate(dict.fromkeys(hit.setting for hit in hits), 1):
        name = target.line if target.line is not None else f"line-{at}"
        yield ""
        if target.line is None:
            yield "[[line]]"
            yield f'id = "{name}"'
            yield f'port = "{target.port}"'
        elif setting != target.setting:
            yield f"# [[line]] {name} must be changed:"
        if setting != target.setting and setting.medium != TCP:
            yield f"baud = {setting.baud}"
            yield f'framing = "{setting.framing}"'
        for hit in hits:
            if hit.setting == setting:
                yield from _instrument_table(hit, name)


def _instrument_table(hit: Hit, line: str) -> Iterator[str]:
    drivers = hit.found.fits or hit.found.could_be
    name = hit.protocol if hit.address is None else f"{hit.protocol}-{hit.address}"
    yield ""
    yield "[[instrument]]"
    yield f'id = "{name}"'
    yield f'line = "{line}"'
    if not drivers:
        yield "# no named driver fits: `fenceline profile new` writes a profile"
        yield 'driver = "./my-instrument.toml"'
    else:
        if not hit.found.fits:
            yield "# a guess: compare with the nameplate"
        yield f'driver = "{drivers[0]}"'
    if hit.address is not None:
        yield f"address = {hit.address}"
    needed = catalogue.describe(drivers[0]).settings if drivers else ()
    if needed:
        yield "# needs: " + ", ".join(each["name"] for each in needed) + " (fenceline check explains)"
        yield "settings = {}"
