"""`fenceline decode`: what a captured answer says, or exactly why it is refused."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from agent.config.drivers import KnownDriver
    from tools.decoding.result import Decoded

__all__ = ["decode"]


def decode(
    driver: Annotated[str, typer.Argument(help="A named driver, or the path of a profile (.toml).")],
    reply: Annotated[
        list[str],
        typer.Option("--reply", help="The answer's bytes in hex. Again for each further answer of a poll."),
    ],
    *,
    request: Annotated[
        str, typer.Option("--request", help="The question's bytes, where the poll's own do not fit.")
    ] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the driver: key=value.")
    ] = None,
    address: Annotated[
        int | None, typer.Option("--address", help="Of a driver that is not Modbus; else all are tried.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="ok, error, channels, conditions.")] = False,
) -> None:
    """Decode a captured answer: its check, its fields, and what the driver's channels make of it.

    Exit status: 0, 1 where the answer is refused, 2 for a driver or a setting that there is not.
    """
    from drivers.exchange import Refused, WireError  # noqa: PLC0415 - help must not wait for it
    from tools.decoding.modbus import decode_modbus  # noqa: PLC0415
    from tools.decoding.others import decode_others  # noqa: PLC0415
    from tools.decoding.result import NotDecoded  # noqa: PLC0415

    known = _known(driver)
    given = _settings(known, settings or [])
    try:
        replies = [_bytes(text, "reply") for text in reply]
        asked = _bytes(request, "request") if request else None
        if known.profile is not None:
            decoded = decode_modbus(known.profile, replies, asked, given)
        else:
            decoded = decode_others(known.name, replies, asked, given, address)
    except (NotDecoded, WireError, Refused, ValueError) as refusal:
        if as_json:
            refused = {"ok": False, "error": str(refusal), "channels": [], "conditions": []}
            typer.echo(json.dumps(refused, ensure_ascii=False))
        else:
            typer.echo(f"refused: {refusal}", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(decoded.as_dict(), ensure_ascii=False) if as_json else _text(decoded))


def _known(name: str) -> "KnownDriver":
    """The driver; exits with status 2, every fault of a profile told, where there is none."""
    from agent.config.drivers import open_driver  # noqa: PLC0415

    known, complaints = open_driver(name)
    for complaint in complaints:
        typer.echo(complaint, err=True)
    if known is None:
        raise typer.Exit(2)
    return known


def _settings(known: "KnownDriver", texts: list[str]) -> dict[str, Any]:
    """Those of `--set`, as the driver takes them; exits with status 2 for one that does not fit."""
    from agent.config.settings import from_texts  # noqa: PLC0415

    settings, wrong = from_texts(known, texts)
    for what in wrong:
        typer.echo(f"--set {what}", err=True)
    if wrong:
        raise typer.Exit(2)
    return settings


def _bytes(text: str, what: str) -> bytes:
    """`01 03 04`, `010304`, `0x01,0x03`. Raises ValueError that names what is no byte."""
    words = text.lower().replace(",", " ").replace(":", " ").replace("0x", " ").split()
    data = b""
    for word in words:
        try:
            data += bytes.fromhex(word.zfill(2) if len(word) == 1 else word)
        except ValueError:
            raise ValueError(f"the {what} is not hex: {word!r} are no bytes") from None
    if not data:
        raise ValueError(f"the {what} has no bytes")
    return data


def _text(decoded: "Decoded") -> str:
    lines = list(decoded.fields)
    for sample in decoded.samples:
        value = "no value" if sample.value is None else f"{sample.value} {sample.unit}"
        told = f"  ({', '.join(sample.conditions)})" if sample.conditions else ""
        lines.append(f"{sample.channel}: {value}, flag {sample.flag}{told}")
    return "\n".join(lines + [f"note: {condition}" for condition in decoded.conditions])
