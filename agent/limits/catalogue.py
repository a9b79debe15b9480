"""The limits that rules can name, read from the files of this folder.

A file is a [document], and a [[place]] for each kind of point with its `limits`. What holds for many limits
stands once: a key of a limit beats its place's, and that beats the document's.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FACTORS", "STATES", "STATISTICS", "Document", "Limit", "documents", "limits"]

FOLDER = Path(__file__).parent
STATISTICS = {  # what the value is compared with
    "rtd": "any single value",
    "hour": "the mean of an hour",
    "8h": "the mean of 8 hours",
    "day": "the mean of a day",
    "year": "the mean of a year",
}
STATES = {  # what the concentration refers to
    "std_dry": "dry, 0 degC, 101.325 kPa",
    "25C": "25 degC, 101.325 kPa",
    "actual": "as it is at the place",
}
FACTORS = {
    "pm": "particulate matter",
    "tsp": "total suspended particulates",
    "pm10": "PM10",
    "pm25": "PM2.5",
    "so2": "sulfur dioxide",
    "nox": "nitrogen oxides as NO2",
    "no2": "nitrogen dioxide",
    "co": "carbon monoxide",
    "o3": "ozone",
    "nh3": "ammonia",
    "h2s": "hydrogen sulfide",
    "hcn": "hydrogen cyanide",
    "nmhc": "non-methane hydrocarbons as carbon",
    "benzene": "benzene",
    "toluene": "toluene",
    "xylene": "xylenes",
    "phenol": "phenol",
    "phenols": "phenols",
    "methanol": "methanol",
    "bap": "benzo[a]pyrene",
    "bso": "benzene-soluble matter",
    "combustible": "combustible gas",
}


@dataclass(frozen=True)
class Limit:
    """One limit. Its id is document/place/name.

    statistic, state: of STATISTICS and STATES, None where nothing that was read says. base_o2: baseline
    oxygen, % by volume, None where values are not converted. valid_from, valid_to: the first and the last
    day, None where it is open. confirmed: held against the final text of the document.
    """

    id: str
    factor: str
    value: float
    unit: str
    statistic: str | None
    state: str | None
    base_o2: float | None
    condition: str | None
    source: str
    edition: str
    valid_from: date | None
    valid_to: date | None
    confirmed: bool

    def not_in_force(self, day: date) -> str:
        """Why it does not hold on that day, as "not in force before 2031-01-01"; "" where it does."""
        if self.valid_from is not None and day < self.valid_from:
            return f"not in force before {self.valid_from}"
        if self.valid_to is not None and day > self.valid_to:
            return f"no longer in force after {self.valid_to}"
        return ""

    def as_dict(self) -> dict[str, Any]:
        """The contract of `fenceline limits --json`: docs/limits.md. Days as text."""
        row = dict(vars(self))
        for key in ("valid_from", "valid_to"):
            row[key] = row[key] and row[key].isoformat()
        return row


@dataclass(frozen=True)
class Document:
    """One file. basis: how its values are known."""

    id: str
    title: str
    basis: str
    limits: tuple[Limit, ...]


@cache
def documents() -> tuple[Document, ...]:
    """Every document, by its id."""
    return tuple(_document(path) for path in sorted(FOLDER.glob("*.toml")))


@cache
def limits() -> dict[str, Limit]:
    """Every limit by its id."""
    return {limit.id: limit for document in documents() for limit in document.limits}


def _document(path: Path) -> Document:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    document, places = tables["document"], tables["place"]
    shared = {key: value for key, value in document.items() if key not in ("id", "title", "basis")}
    found = tuple(
        _limit(f"{document['id']}/{place['id']}", document["title"], {**shared, **place, **limit}, limit)
        for place in places
        for limit in place["limits"]
    )
    return Document(document["id"], document["title"], document["basis"], found)


def _limit(place: str, title: str, merged: dict[str, Any], own: dict[str, Any]) -> Limit:
    """own: the limit's row alone, whose name is `id`, or its factor."""
    clause = merged.get("clause")
    return Limit(
        id=f"{place}/{own.get('id', own['factor'])}",
        factor=merged["factor"],
        value=merged["value"],
        unit=merged["unit"],
        statistic=merged.get("statistic"),
        state=merged.get("state"),
        base_o2=merged.get("base_o2"),
        condition=merged.get("condition"),
        source=f"{title}, {clause}" if clause else title,
        edition=merged["edition"],
        valid_from=merged.get("valid_from"),
        valid_to=merged.get("valid_to"),
        confirmed=merged["confirmed"],
    )
