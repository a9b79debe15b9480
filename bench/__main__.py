"""`make bench`: runs the benches, prints one table, writes bench/results/NAME.json.

usage: python -m bench [NAME ...]   names: campaign line masters cpu tap explain dead latency relay start
outage demo,
of the journal: append written books backlog outages crashes diskfull powercut (a quarter of an hour),
of the archive: archive powercut_archive; of the pipeline: replay; of the emulator: plant
"""

import importlib
import json
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hardware_sim import wire

NAMES = (
    *(
        "campaign",
        "line",
        "masters",
        "cpu",
        "tap",
        "explain",
        "dead",
        "latency",
        "relay",
        "start",
        "outage",
        "demo",
    ),
    *("append", "written", "books", "backlog", "outages", "crashes", "diskfull", "powercut"),
    *("archive", "powercut_archive", "replay", "plant"),
)
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    names = sys.argv[1:] or NAMES
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"unknown bench {', '.join(sorted(unknown))}: known are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    RESULTS.mkdir(exist_ok=True)
    console = Console(width=120)
    table = Table("figure", "measured", "wanted", box=None, padding=(0, 3, 0, 0))
    for name in names:
        bench = importlib.import_module(f"bench.{name}")
        with console.status(f"{name} ..."):
            result = wire.run(bench.run())
        (RESULTS / f"{name}.json").write_text(json.dumps({**machine(), **result}, indent=2) + "\n")
        for row in bench.report(result):
            table.add_row(*row)
    console.print(table)
    return 0


def machine() -> dict[str, object]:
    """Rates are this machine's; ratios and counts carry over."""
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}


if __name__ == "__main__":
    sys.exit(main())
