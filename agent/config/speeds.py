"""Instruments with a speed or framing of their own: where that is possible."""

from agent.config.findings import Findings
from agent.config.network import medium_of
from agent.config.table_reader import Row
from hal.tty import standard_baud

__all__ = ["check_speeds", "written"]

KEYS = ("baud", "framing")


def written(framing: tuple[int, str, int] | None) -> str | None:
    """As in the file: "8N1"."""
    return None if framing is None else "".join(str(part) for part in framing)


def check_speeds(rows: list[Row], lines: list[Row], findings: Findings) -> None:
    """rows: of [[instrument]]."""
    by_id = {line["id"]: line for line in lines}
    mixed: dict[str, Row] = {}
    for row in rows:
        own, line = [key for key in KEYS if key in row.given], by_id.get(row["line"])
        if not own or line is None:
            continue
        if medium := medium_of(line):
            where = "is the gateway's own" if medium == "tcp" else "is set in the device server, for all"
            message = f"means nothing on a {medium}:// line: the speed behind it {where}"
            for key in own:
                findings.error(row.at(key), message, "leave it out")
        else:
            mixed[line["id"]] = line
            _check_standard(row, findings)
    for line in mixed.values():
        _check_standard(line, findings)


def _check_standard(row: Row, findings: Findings) -> None:
    """Between two exchanges the port is set by its number, which Linux has for these alone."""
    if row["baud"] is not None and standard_baud(row["baud"]) is None:
        message = f"{row['baud']} is no standard speed, and a line whose instruments differ needs one"
        findings.error(row.at("baud"), message, "as in 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200")
