"""`fenceline drivers`: every instrument that can be named in a station file."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import echo_json, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["drivers", "text"]


def drivers(
    name: Annotated[str, typer.Argument(help="One driver, with all that is known of it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON: docs/instruments.md.")] = False,
) -> None:
    """List the named drivers: instruments, channels, settings, operations, and how each was proven.

    Exit status: 0, or 2 for a name that there is not.
    """
    from tools.instruments_reference import counts, listing  # noqa: PLC0415 - help must not wait for it

    rows = [row for row in listing() if name in ("", row["name"])]
    if not rows:
        typer.echo(f"there is no driver {name!r}; `fenceline drivers` lists them", err=True)
        raise typer.Exit(2)
    if as_json:
        echo_json(rows)
    elif name:
        typer.echo(folded("\n".join(_whole(rows[0]))))
    else:
        typer.echo("\n".join(text(rows, counts(rows))))


def text(rows: list[dict[str, Any]], counted: list[tuple[str, int, int, tuple[int, ...]]]) -> "Iterator[str]":
    """One line for each driver, by class; then how many devices there are, and how they were proven."""
    width = max(len(row["name"]) for row in rows)
    for kind in dict.fromkeys(row["class"] for row in rows):
        yield f"{kind}"
        for row in rows:
            if row["class"] == kind:
                yield f"  {row['name']:<{width}}  {row['vendor']} {row['model']}"
    yield f"\n{'devices, variants not counted apart':<36}{'all':>5}{'vendor':>9}{'indep.':>9}{'emulator':>10}"
    for kind, _, devices, (vendor, independent, emulator) in counted:
        yield f"  {kind:<34}{devices:>5}{vendor:>9}{independent:>9}{emulator:>10}"
    devices = counted[-1][2]
    yield f"{len(rows)} drivers of {devices} devices; `fenceline drivers NAME` says more of one"


def _whole(row: dict[str, Any]) -> "Iterator[str]":
    yield f"{row['name']}: {row['vendor']} {row['model']}"
    addresses = "no address" if row["addresses"] is None else "address {} to {}".format(*row["addresses"])
    alone = "" if row["shared_line"] else ", alone on its line"
    yield f"  {row['class']}, {row['protocol']}, {addresses}{alone}"
    for channel in row["channels"]:
        yield f"  channel   {channel['name']} in {' or '.join(channel['units'])}"
    for spec in row["settings"]:
        choices = f" (one of {', '.join(map(str, spec['choices']))})" if "choices" in spec else ""
        yield f"  setting   {spec['name']}{choices}: {spec['help']}"
    for operation in row["operations"]:
        yield f"  operation {operation}"
    for source in row["sources"]:
        yield f"  source    {source}"
    yield f"  proven    {row['proven']}"
    if row["notes"]:
        yield f"  {' '.join(row['notes'].split())}"
