"""`fenceline coverage`: which places of the plant lack which monitor."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import COLUMNS, echo_json, folded, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.config import Finding, StationFile
    from tools.coverage import Held, Plant

__all__ = ["coverage", "text"]

NAME_COLUMNS = 40  # what leaves room for a monitor in 80


def coverage(
    plant: Annotated[Path, typer.Option("--plant", "-p", help="The plant file: docs/coverage.md.")],
    config: Annotated[
        list[Path] | None, typer.Option("--config", "-c", help="A station file; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/coverage.md.")] = False,
) -> None:
    """Hold a plant against the monitors that Annex 3 of the policy for coking asks for.

    Exit status: 0 all is covered, 1 there are gaps, 2 errors in the plant file or a station file.
    """
    from tools.coverage import examine_plant, hold  # noqa: PLC0415 - help must not wait for it

    stations, findings = _stations(config)
    read, found = examine_plant(plant, stations)
    findings += found
    held = hold(read) if read is not None and not _errors(findings) else None
    if as_json:
        echo_json(_as_dict(read, held, findings))
    else:
        say(findings)
        if read is not None and held is not None:
            typer.echo(folded("\n".join(text(read, held))))
    if held is None:
        raise typer.Exit(2)
    if any(each.gap for each in held):
        raise typer.Exit(1)


def _stations(paths: list[Path] | None) -> "tuple[list[StationFile] | None, list[Finding]]":
    """The station files, and what makes one of them useless; None where none, or not every one, is sound."""
    from agent.config import examine  # noqa: PLC0415

    if not paths:
        return None, []
    read = [examine(path) for path in dict.fromkeys(paths)]
    wrong = [finding for station, found in read if station is None for finding in found]
    return None if wrong else [station for station, _ in read if station is not None], wrong


def _errors(findings: "list[Finding]") -> bool:
    return any(finding.severity == "error" for finding in findings)


def _as_dict(plant: "Plant | None", held: "list[Held] | None", findings: "list[Finding]") -> dict[str, Any]:
    """The contract of `--json`: docs/coverage.md."""
    from tools.coverage.annex_3 import CONFIRMED, EDITION  # noqa: PLC0415

    return {
        "plant": plant.id if plant else None,
        "edition": EDITION,
        "confirmed": CONFIRMED,
        "covered": None if held is None else not any(each.gap for each in held),
        "demands": [each.as_dict() for each in held or ()],
        "findings": [finding.as_dict() for finding in findings],
    }


def text(plant: "Plant", held: "list[Held]") -> "Iterator[str]":
    """Area by area: each demand, and what meets it."""
    kinds = {place.id: place.kind for place in plant.places if place.of == "area"}
    yield f"plant {plant.id}, against Annex 3 of the ultra-low emission policy for coking"
    yield "(draft of 2023-06-15, not confirmed against the final text)"
    width = min(max((len(_name(each)) for each in held), default=0), NAME_COLUMNS)
    area: str | None = ""
    for each in held:
        if each.area != area:
            area = each.area
            yield f"\narea {area}, {kinds[area]}" if area else "\nthe plant as a whole"
        yield _row(each, width)
    gaps = sum(bool(each.gap) for each in held)
    yield f"\n{gaps} gap{'' if gaps == 1 else 's'} in {len(held)} demands"


def _row(each: "Held", width: int) -> str:
    needs = " or ".join(each.needs) or "its points"
    said = each.gap or ", ".join(each.monitors)
    row = f"  {'GAP' if each.gap else '':<4}{_name(each):<{width}}  {needs:<13}  "
    if len(row) + len(said) > COLUMNS:
        return f"{row.rstrip()}\n      {said}"
    return row + said


def _name(each: "Held") -> str:
    return "anywhere in it" if each.place == "area" and each.id else f"{each.kind} {each.id or ''}".rstrip()
