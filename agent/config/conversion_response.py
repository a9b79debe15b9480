"""What the reading of a [[conversion]] is multiplied by first: a PID's response, or a factor of one's own."""

from typing import NamedTuple

from agent.compounds import BY_ID, Compound, Factor, Unlike, mixed
from agent.config.conversion_model import Step
from agent.config.findings import Findings, nearest, shown
from agent.config.table_reader import Row

__all__ = ["Response", "compound_known", "response_of"]

SHARES_OF_MOLES = ("ppm", "ppb")
WITH_A_SITE_FACTOR = ("channel", "name", "unit", "site_factor", "source")


class Response(NamedTuple):
    """steps: none where it is 1. is_site_factor: it makes the value, and nothing else is computed."""

    compound: Compound | None = None
    steps: tuple[Step, ...] = ()
    is_site_factor: bool = False


def compound_known(name: str, at: tuple[str | int, ...], findings: Findings) -> Compound | None:
    """The compound of that id; None where there is none, which is reported."""
    if name not in BY_ID:
        close = nearest(name, BY_ID, list_all=False)
        findings.error(at, f"there is no compound {shown(name)}", f"{close} docs/units.md lists them".strip())
    return BY_ID.get(name)


def response_of(
    row: Row, given: str, lamp: float | None, is_equivalent: bool, findings: Findings
) -> Response:
    """given: the channel's unit; is_equivalent: of isobutylene, by a PID with that lamp, None where the file
    does not say which."""
    _check_source(row, findings)
    if row["site_factor"] is not None:
        for key in sorted(row.given.difference(WITH_A_SITE_FACTOR)):
            hint = "a factor of this site has all of it in it"
            findings.error(row.at(key), "nothing else is computed beside `site_factor`", hint)
        return Response(None, (Step(f"site factor: {row['source']}", row["site_factor"]),), True)
    if row["mixture"] is not None and row["compound"] is not None:
        findings.error(row.at("mixture"), "both this and `compound`", "write the one or the other")
        return Response()
    compound = compound_known(row["compound"], row.at("compound"), findings) if row["compound"] else None
    if row["factor"] is not None:
        return Response(compound, (Step(f"response factor: {row['source']}", row["factor"]),))
    if row["mixture"] is not None and not is_equivalent:
        message = f"{row['channel']} is no PID's: its response to a mixture is not known"
        hint = "`lamp` on its [[instrument]] or [[loop]] makes it a PID's"
        findings.error(row.at("mixture"), message, hint)
        return Response()
    if is_equivalent and (compound or row["mixture"] is not None):
        return _of_pid(row, given, compound, lamp, findings)
    return Response(compound)


def _check_source(row: Row, findings: Findings) -> None:
    """A factor of one's own, and where it is from."""
    own = [key for key in ("factor", "site_factor") if key in row.given]
    if own and "source" not in row.given:
        hint = 'who found it, when, how: source = "comparison with a GC, 2026-08, report 17"'
        findings.error(row.at("source"), f"missing: `{own[0]}` has none", hint)
    if not own and "source" in row.given:
        findings.error(row.at("source"), "neither `factor` nor `site_factor` is given", "leave it out")


def _of_pid(
    row: Row, given: str, compound: Compound | None, lamp: float | None, findings: Findings
) -> Response:
    key = "compound" if compound else "mixture"
    if given not in SHARES_OF_MOLES:
        message = f"response factors are for ppm and ppb, and {row['channel']} is in {given}"
        hint = "set the instrument to ppm: a PID's mg/m3 is by a gas and a temperature of its maker's"
        findings.error(row.at("channel"), message, hint)
        return Response(compound)
    if compound and compound.id == "isobutylene":
        return Response(compound)  # what it is calibrated with, by whatever lamp
    if lamp is None:
        name = row["channel"].partition(".")[0]
        message = f"{name} does not say its lamp, and its response depends on it"
        findings.error(row.at(key), message, "add it where the PID stands, as on its label: lamp = 10.6")
        return Response(compound)
    if compound:
        factor = compound.factor(lamp)
        if factor is None:
            findings.error(row.at(key), *_no_factor(compound, lamp))
            return Response(compound)
        return _told(row, key, compound, factor, findings)
    for name in row["mixture"]:
        if compound_known(name, row.at("mixture", name), findings) is None:
            return Response()
    try:
        mixture, factor = mixed(row["mixture"], lamp)
    except Unlike as unlike:
        findings.error(row.at(key), str(unlike), "docs/units.md lists the factors")
        return Response()
    return _told(row, key, mixture, factor, findings)


def _no_factor(compound: Compound, lamp: float) -> tuple[str, str]:
    if not compound.is_seen_by(lamp):
        energy = f"{compound.ionisation_ev:g} eV"
        message = f"a lamp of {lamp:g} eV does not see {compound.name}, which takes {energy}"
        return message, "another instrument must measure it"
    message = f"no response factor of {compound.name} for a lamp of {lamp:g} eV is known"
    return message, "give `factor` and `source`, from the list of the instrument's maker"


def _told(row: Row, key: str, compound: Compound, factor: Factor, findings: Findings) -> Response:
    """Warns of a factor that nobody has read in its source."""
    if not factor.seen:
        message = f"the factor {factor.value:.3g} is known as {factor.source}'s and was not read there"
        hint = "hold it against the list of the instrument's maker, or give `factor` and `source`"
        findings.warn(row.at(key), message, hint)
    what = f"response to {compound.name}, {factor.lamp_ev:g} eV: {factor.source}"
    return Response(compound, (Step(what, factor.value),))
