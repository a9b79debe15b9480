"""docs/profiles.md against the program: the screen there is played, and writes the file there."""

import re
from pathlib import Path
from typing import Any

from pymodbus.client.mixin import ModbusClientMixin
from typer.testing import CliRunner

from tools.cli import app

TEXT = (Path(__file__).parents[3] / "docs" / "profiles.md").read_text()
PLACE = ["--port", "ttyA"]


def block(mark: str) -> str:
    """The indented text behind a mark."""
    found = re.search(rf"<!-- {mark} -->\n\n((?:(?:    .*)?\n)+)", TEXT)
    assert found is not None
    return "\n".join(line[4:] for line in found[1].rstrip().splitlines()) + "\n"


def float32(number: float) -> list[int]:
    return ModbusClientMixin.convert_to_registers(
        number, ModbusClientMixin.DATATYPE.FLOAT32, word_order="little"
    )


def test_the_screen_and_the_file(instrument: Any, wizard: Any, tmp_path: Path) -> None:
    """Each line with a question is answered as it is there; all that is said is what stands there."""
    screen = block("screen").partition("\n")[2]
    device = instrument(baud=9600, holding=dict.fromkeys([*range(20), *range(30, 50)], 0))
    device.show("holding", 2, float32(10.49))
    device.show("holding", 10, [226, 0, 7])
    desk, said = wizard(place=PLACE), ""
    for question, answer in re.findall(
        r"^(.*(?:\)|\]|display|temperature|for no more):)(?: (.*))?$", screen, re.M
    ):
        said += desk.expect(question + " ")
        if answer == "10.86":
            device.show("holding", 2, float32(10.86))
        desk.type(answer)
        said += answer + "\n"
    assert desk.ended() == 0
    said = re.sub(r"\r\x1b\[K(reading, question \d+)?", "", said + desk.rest())
    assert [line.rstrip() for line in said.splitlines()] == screen.splitlines()
    written = (tmp_path / "acme-9000-pid.toml").read_text()
    assert re.sub(r" on \d{4}-\d\d-\d\d", "", written) == re.sub(r" on \d{4}-\d\d-\d\d", "", block("file"))


def test_every_option_is_documented() -> None:
    text = CliRunner().invoke(app, ["profile", "new", "--help"], env={"COLUMNS": "200"}).stdout
    options = set(re.findall(r"(--[a-z]+)\b", text)) - {"--help"}
    assert len(options) > 5
    assert [option for option in options if f"`{option}" not in TEXT] == []
