"""Lets every relay go while no agent runs: what the service manager starts when the agent has ended.

Takes what it can from the station file: a fault elsewhere in it keeps no relay energised.
"""

import asyncio
import os
import selectors
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from agent.config.findings import Finding, Findings
from agent.config.lines import read_lines
from agent.config.model import LineSettings, OutputSettings, RelayTarget
from agent.config.outputs import RelayFiles, Target, targets_of
from agent.config.schema import LINE, OUTPUT, STATION
from agent.config.table_reader import Row, read_table
from agent.config.toml_file import TomlFile, read_toml
from agent.lines import make_line
from agent.lock import lock_data_dir
from agent.outputs.targets import Targets

__all__ = ["Found", "Outcome", "find_outputs", "let_go", "lock_out_the_agent"]


class Found(NamedTuple):
    """What a station file says of outputs. unusable: ids of those that it does not say enough of.

    data_dir: None where it cannot be told. findings: why. is_readable: whether it is TOML at all.
    """

    is_readable: bool
    data_dir: Path | None
    lines: tuple[LineSettings, ...]
    outputs: tuple[OutputSettings, ...]
    unusable: tuple[str, ...]
    findings: list[Finding]


class Outcome(NamedTuple):
    """trouble: "" where the relay was read back as let go."""

    output: str
    drives: str
    trouble: str


def find_outputs(path: Path) -> Found:
    """The outputs of a station file, whatever else is wrong in it."""
    file = read_toml(Path(path))
    if file.tables is None:
        return Found(False, None, (), (), (), file.listed())
    quiet = Findings(str(path), "")  # the rest of the file is the business of `fenceline check`
    lines = [row for row in read_table(file.tables, LINE, quiet) if _is_whole(row, LINE.keys)]
    rows = read_table(file.tables, OUTPUT, file.findings)
    files = RelayFiles(path.parent)
    targets = targets_of(rows, lines, files, file.findings)
    usable = [(row, target) for row, target in zip(rows, targets, strict=True) if row["id"] and target]
    known = {row["id"] for row, _ in usable}
    return Found(
        is_readable=True,
        data_dir=_data_dir(file, path, quiet),
        lines=read_lines(lines),
        outputs=tuple(_settings(row, target) for row, target in usable),
        unusable=tuple(
            str(row["id"] or f"[[output]] {at + 1}") for at, row in enumerate(rows) if row["id"] not in known
        ),
        findings=[*file.listed(), *files.findings()],
    )


def _is_whole(row: Row, keys: Iterable[Any]) -> bool:
    return all(
        row[key.name] is not None
        for key in keys
        if not key.bench and (key.required or key.default is not None)
    )


def _settings(row: Row, target: Target) -> OutputSettings:
    """Of no interest here: what puts it into alarm."""
    return OutputSettings(row["id"], (), "healthy", target)


def _data_dir(file: TomlFile, path: Path, findings: Findings) -> Path | None:
    rows = read_table(file.tables or {}, STATION, findings)
    return path.parent / rows[0]["data_dir"] if rows and rows[0]["data_dir"] else None


def lock_out_the_agent(data_dir: Path | None) -> None:
    """Hold the data folder until this process ends. Raises Locked where an agent runs.

    Where the folder cannot be told or used, the line's port is locked all the same.
    """
    if data_dir is None or not data_dir.is_dir() or not os.access(data_dir, os.W_OK, effective_ids=True):
        return
    lock_data_dir(data_dir)


def let_go(found: Found, within_s: float, load_gpiod: Callable[[], Any]) -> list[Outcome]:
    """Let every relay go and read it back, all lines at a time. Takes at most about within_s."""
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_let_go(found, within_s, load_gpiod))


async def _let_go(found: Found, within_s: float, load_gpiod: Callable[[], Any]) -> list[Outcome]:
    loop = asyncio.get_running_loop()
    used = {each.target.line for each in found.outputs if isinstance(each.target, RelayTarget)}
    lines = {line.id: make_line(line, loop) for line in found.lines if line.id in used}
    trouble: dict[str, str] = {}

    def told(name: str, what: str, detail: str) -> None:
        trouble[name] = detail.splitlines()[0] if what == "failing" else ""

    targets = Targets(found.outputs, lines, told, load_gpiod, ending=True)
    tasks = [asyncio.create_task(line.run()) for line in lines.values()]
    await asyncio.sleep(0)  # the ports open
    tasks += [asyncio.create_task(bank.run()) for bank in targets.banks.values()]
    for pin in targets.pins.values():
        pin.tick()
    try:
        async with asyncio.timeout(within_s):
            await targets.settle()
    except TimeoutError:
        pass
    outcomes = [
        Outcome(
            each.id,
            str(each.target),
            ""
            if targets.confirmed(each) is False
            else trouble.get(each.id) or f"not confirmed within {within_s:g} s",
        )
        for each in found.outputs
    ]
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for pin in targets.pins.values():
        pin.close()
    return outcomes
