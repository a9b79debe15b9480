"""docs/units.md against agent.compounds."""

from tools.units_reference import PAGE, with_table


def test_the_table_is_that_of_the_compounds() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_table(text) == text, "run `python -m tools.units_reference`"
    assert "| `benzene` |" in text
