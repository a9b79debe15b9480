"""The table of docs/units.md, from agent.compounds: `python -m tools.units_reference` rewrites it."""

import re
from pathlib import Path

from agent.compounds import COMPOUNDS, USUAL_LAMP_EV, Compound

__all__ = ["PAGE", "with_table"]

PAGE = Path(__file__).parent.parent / "docs" / "units.md"
MARKS = re.compile(r"(<!-- compounds -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = (
    "| id | name | g/mol | carbon | ionised by, eV | factor | source | read there |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def with_table(page: str) -> str:
    """The page with its table brought up to date."""
    return MARKS.sub(lambda match: match[1] + HEAD + "".join(map(_row, COMPOUNDS)) + match[2], page)


def _row(each: Compound) -> str:
    name = each.name if each.is_voc else f"{each.name} (no VOC)"
    cells = [f"`{each.id}`", name, f"{each.molar_mass:g}", f"{each.carbons:g}", f"{each.ionisation_ev:g}"]
    if each.factors:
        values = [
            f"{factor.value:g}" + ("" if factor.lamp_ev == USUAL_LAMP_EV else f" ({factor.lamp_ev:g} eV)")
            for factor in each.factors
        ]
        seen = "yes" if all(factor.seen for factor in each.factors) else "no"
        cells += ["; ".join(values), each.factors[0].source, seen]
    else:
        blind = not each.is_seen_by(USUAL_LAMP_EV)
        cells += ["not seen" if blind else "not known", "", ""]
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
