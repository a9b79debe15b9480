"""The tables of docs/instruments.md, from the catalogue: `python -m tools.instruments_reference` rewrites
them. Only what stands between the marks is replaced; everything else there is prose.
"""

import re
from pathlib import Path
from typing import Any

from drivers import catalogue
from drivers.profile import CLASSES, PROOFS

__all__ = ["PAGE", "counts", "listing", "with_tables"]

PAGE = Path(__file__).parent.parent / "docs" / "instruments.md"
MARKS = re.compile(r"(<!-- drivers -->\n).*?(<!-- end -->)", re.DOTALL)
TITLES = {
    "voc-pid": "VOC, photo-ionisation",
    "voc-fid": "VOC, flame ionisation and gas chromatographs",
    "voc": "VOC, by a detector that the source does not name",
    "gas-detector": "Fixed gas detectors",
    "tsp": "TSP and dust",
    "micro-station": "Micro-stations",
    "particulate-module": "Particulate modules",
    "meteorology": "Meteorology",
    "analog-input": "Analog inputs",
    "relay": "Relays",
    "cems": "Gas analysers",
    "plc": "Process blocks",
    "other": "Others",
}
SEVERAL = "several"  # how the vendor of a driver begins that is for a kind of device, not for one
COLUMNS = (
    "driver",
    "instrument",
    "protocol",
    "channels",
    "operations",
    "required settings",
    "source",
    "proven",
)


def listing() -> list[dict[str, Any]]:
    """Every named driver and relay module, by class and name: the contract of `fenceline drivers --json`."""
    rows = [_driver(name) for name in catalogue.names()]
    rows += [_relay(name) for name in catalogue.relay_names()]
    return sorted(rows, key=lambda row: (CLASSES.index(row["class"]), row["name"]))


def _driver(name: str) -> dict[str, Any]:
    about = catalogue.describe(name)
    return {
        "name": name,
        "class": about.about.get("class", "other"),
        "vendor": about.about.get("vendor", ""),
        "model": about.about.get("model", ""),
        "family": about.about.get("family", name),
        "protocol": about.protocol,
        "kind": about.kind,
        "addresses": about.addresses,
        "shared_line": about.shared_line,
        "channels": [
            {"name": channel, "units": list(units)} for channel, units in catalogue.channels_of(name).items()
        ],
        "operations": list(about.operations),
        "settings": [dict(spec) for spec in about.settings],
        "sources": list(about.about.get("sources", ())),
        "confidence": about.about.get("confidence", ""),
        "proven": about.about.get("proven", "emulator only"),
        "notes": about.about.get("notes", ""),
    }


def _relay(name: str) -> dict[str, Any]:
    relay = catalogue.load_relay(name)
    return {
        "name": name,
        "class": "relay",
        "vendor": relay.get("vendor", ""),
        "model": relay.get("model", ""),
        "family": name,
        "protocol": relay.get("protocol", "modbus"),
        "kind": "relay",
        "addresses": catalogue.MODBUS_ADDRESSES,
        "shared_line": True,
        "channels": [],
        "operations": ["switch"],
        "settings": [],
        "sources": list(relay.get("sources", ())),
        "confidence": relay.get("confidence", ""),
        "proven": "emulator only",
        "notes": relay.get("notes", ""),
    }


def counts(rows: list[dict[str, Any]]) -> list[tuple[str, int, int, tuple[int, ...]]]:
    """Of each class: its name, drivers, devices, and how many devices were proven in each way of PROOFS.

    The drivers of one family are one device, proven as the best proven of them; one for the devices of
    several vendors is a driver and no device. The last line is the sum, where a family that lies in
    two classes counts once.
    """
    counted = []
    for kind in [*dict.fromkeys(row["class"] for row in rows), ""]:
        best: dict[str, int] = {}
        members = [row for row in rows if kind in ("", row["class"])]
        for row in [row for row in members if not row["vendor"].startswith(SEVERAL)]:
            proof = PROOFS.index(row["proven"])
            best[row["family"]] = min(proof, best.get(row["family"], proof))
        proofs = tuple(list(best.values()).count(at) for at in range(len(PROOFS)))
        counted.append((kind or "all", len(members), len(best), proofs))
    return counted


def _count_table(rows: list[dict[str, Any]]) -> str:
    lines = [f"\n### How many\n\n| class | drivers | devices | {' | '.join(PROOFS)} |\n|{' --- |' * 6}\n"]
    for kind, drivers, devices, proofs in counts(rows):
        lines.append(f"| {kind} | {drivers} | {devices} | {' | '.join(map(str, proofs))} |\n")
    return "".join(lines)


def with_tables(page: str) -> str:
    """The page with its tables brought up to date. Raises ValueError where its marks are missing."""
    if len(MARKS.findall(page)) != 1:
        raise ValueError("docs/instruments.md has no place for its tables: <!-- drivers --> and <!-- end -->")
    rows = listing()
    parts = [_count_table(rows)]
    for kind in dict.fromkeys(row["class"] for row in rows):
        parts.append(f"\n### {TITLES[kind]} (`{kind}`)\n\n")
        parts.append(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n")
        parts += [_row(row) for row in rows if row["class"] == kind]
    text = "".join(parts) + "\n"
    return MARKS.sub(lambda match: match[1] + text + match[2], page)


def _row(row: dict[str, Any]) -> str:
    cells = (
        f"`{row['name']}`",
        f"{row['vendor']} {row['model']}".strip(),
        row["protocol"],
        _channels(row["channels"]),
        ", ".join(operation.replace("_", " ") for operation in row["operations"]),
        ", ".join(f"`{spec['name']}`" for spec in row["settings"]),
        f"{'; '.join(row['sources'])} ({row['confidence']})",
        row["proven"],
    )
    return "| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in cells) + " |\n"


def _channels(channels: list[dict[str, Any]]) -> str:
    """Channels of the same units together: `ai0` to `ai7` in mA."""
    by_units: dict[str, list[str]] = {}
    for channel in channels:
        by_units.setdefault(" or ".join(channel["units"]), []).append(f"`{channel['name']}`")
    return "; ".join(
        f"{names[0] + ' to ' + names[-1] if len(names) > 6 else ', '.join(names)} in {units}"
        for units, names in by_units.items()
    )


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
