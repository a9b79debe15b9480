"""docs/scan.md and docs/trace.md against the program: what is asked, which keys and words there are."""

import re
from pathlib import Path

from typer.testing import CliRunner

from drivers.identification import PROTOCOLS
from hardware_sim.capture import VERDICTS, Entry, Header, entry_row, header_line
from tools.cli import app
from tools.scan.report import as_dict
from tools.scan.settings import ADDRESSES, SETTINGS
from tools.scan.sweep import Outcome
from tools.trace.frames import Frame
from tools.trace.summary import Summary

DOCS = Path(__file__).parents[2] / "docs"
SCAN, TRACE = (re.sub(r"\s+", " ", (DOCS / name).read_text()) for name in ("scan.md", "trace.md"))
ENTRY = Entry(0, 1, "answered", b"\x01", 1, 1.0, 1.0, "x")


def options(command: str) -> set[str]:
    text = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
    return set(re.findall(r"(--[a-z]+)\b", text)) - {"--help"}


def test_scan_says_what_it_asks() -> None:
    for protocol in PROTOCOLS:
        span = "none" if protocol.addresses is None else f"{protocol.addresses[0]}..{protocol.addresses[1]}"
        assert f"| {protocol.name} | {span}" in SCAN
    assert ", ".join(map(str, SETTINGS)) in SCAN
    assert (*range(1, 33), 126, 201, 247) == ADDRESSES
    assert "1 to 32, and the factory settings 126, 201 and 247" in SCAN


def test_scan_documents_its_keys_and_options() -> None:
    assert all(f"`{key}`" in SCAN for key in as_dict(Outcome(), "x", 0))
    assert [option for option in options("scan") if option not in SCAN] == []


def test_trace_documents_its_words_keys_and_options() -> None:
    assert [word for word in VERDICTS if f"`{word}`" not in TRACE] == []
    keys = set(Frame(ENTRY, 0, "", "").as_dict()) | set(entry_row(ENTRY)) | set(Summary(1).as_dict())
    assert [key for key in keys if not re.search(rf"\b{key}\b", TRACE)] == []
    header = set(re.findall(r'"(\w+)":', header_line(Header("a", 9600, "8N1", 0))))
    assert [key for key in header if f'"{key}"' not in TRACE] == []
    assert [option for option in options("trace") if option not in TRACE] == []
