"""`fenceline limits`: the limits that a rule can name."""

from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.common import echo_json, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from agent.limits import Document, Limit

__all__ = ["limits", "text"]


def limits(
    words: Annotated[
        list[str] | None, typer.Argument(help="Only those whose id has every one of these texts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON: docs/limits.md.")] = False,
) -> None:
    """List limits as data: value, what it is compared with, and whether it is in force and confirmed.

    Exit status: 0, or 2 where no limit has these texts.
    """
    from agent.limits import documents  # noqa: PLC0415 - help must not wait for it

    chosen = [(document, _chosen(document.limits, words or [])) for document in documents()]
    if not any(rows for _, rows in chosen):
        typer.echo(f"no limit's id has {' and '.join(words or [])}; `fenceline limits` lists them", err=True)
        raise typer.Exit(2)
    if as_json:
        rows = [limit.as_dict() for _, rows in chosen for limit in rows]
        echo_json(rows)
    else:
        typer.echo(folded("\n".join(text(chosen, _today()))))


def _today() -> "date":
    from agent.config.rule_limits import DEFAULT_OFFSET_MIN, today  # noqa: PLC0415
    from hal.clock import Clock  # noqa: PLC0415

    return today(Clock().utc_ms(), DEFAULT_OFFSET_MIN)


def _chosen(rows: "Sequence[Limit]", words: list[str]) -> "list[Limit]":
    return [limit for limit in rows if all(word.lower() in limit.id for word in words)]


def text(chosen: "Sequence[tuple[Document, list[Limit]]]", day: "date") -> "Iterator[str]":
    """By document: its limits, their conditions as notes, and how it is known."""
    shown = [(document, rows) for document, rows in chosen if rows]
    for document, rows in shown:
        notes = list(dict.fromkeys(limit.condition for limit in rows if limit.condition))
        yield document.title
        yield f"  {document.id + '/':<32}{'value':>6} {'unit':<6} {'of':<6}{'state':<8}{'O2 %':>4}"
        for limit in rows:
            yield _row(limit, notes, day)
        for place, note in enumerate(notes):
            yield f"  {_letter(place)}: {note}"
        sure = "confirmed" if all(limit.confirmed for limit in rows) else "NOT CONFIRMED"
        yield f"  {sure}: {document.basis}\n"
    count = sum(len(rows) for _, rows in shown)
    yield f"{count} limits as of {day}; `--json` shows all that is known of each"


def _row(limit: "Limit", notes: list[str], day: "date") -> str:
    name = limit.id.partition("/")[2]
    note = _letter(notes.index(limit.condition)) if limit.condition else ""
    force = {"not": "not yet", "no": "expired", "": ""}[limit.not_in_force(day).partition(" ")[0]]
    base_o2 = "" if limit.base_o2 is None else f"{limit.base_o2:g}"
    line = (
        f"  {name:<32}{limit.value:>6g} {limit.unit:<6} {limit.statistic or '-':<6}{limit.state or '-':<8}"
        f"{base_o2:>4}  {note:<2}{force}"
    )
    return line.rstrip()


def _letter(place: int) -> str:
    return chr(ord("a") + place)
