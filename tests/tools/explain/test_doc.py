"""docs/explain.md names every stage, and every fact of each."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")


def test_every_stage_is_explained() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "agent").rglob("*.py")]
    stages = {name for text in sources for name in re.findall(r'Explained\(\s*"(\w+)"', text)}
    assert {"poll", "bytes", "rule", "output"} <= stages, "the search finds no stages at all"
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert stages | {"decoded"} <= told
