"""Whatever is typed for vendor, model, name and unit, the file is a profile without a fault."""

import asyncio
import io
import os
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from drivers.profile import faults
from drivers.registers import RegisterDriver
from tools.profile_wizard.matches import Block, Look, Snapshot, matches, shown
from tools.profile_wizard.naming import text_wanted, unit_wanted
from tools.profile_wizard.profile_text import About, Channel, profile_text
from tools.profile_wizard.search import Found
from tools.profile_wizard.terminal import Ended, Terminal

LOOK = Look(shown("12.3"), [Snapshot([Block("input", 7, (0, 123, 0, 0, 0x4144, 0xCCCD))])])


def typed(line: str, unit: str) -> tuple[str, str]:
    """What the dialogue makes of them; answers that it does not take are followed by some that it does."""
    source, sink = os.pipe()
    os.write(sink, f"{line}\nAcme\n{unit}\ny\nppm\n".encode())
    os.close(sink)

    async def main() -> tuple[str, str]:
        terminal = Terminal(source, io.StringIO())
        vendor = await text_wanted(terminal, "vendor")
        if vendor == line.strip():
            await terminal.ask("not needed")
        return vendor, await unit_wanted(terminal, "")

    try:
        return asyncio.run(main())
    finally:
        os.close(source)


@given(
    st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=20),
    st.sampled_from(["$x", "", "ppm", '"', "µg/m³", "a\\b"]),
)
def test_what_is_typed_makes_a_sound_file(line: str, unit: str) -> None:
    try:
        vendor, said = typed(line, unit)
    except Ended:
        return
    found = matches([LOOK])
    channels = [
        Channel(f"c{at}", said, Found(match, [LOOK], found[:at], "")) for at, match in enumerate(found)
    ]
    text = profile_text(About("x", vendor, vendor, "address 3", "2026-11-25", 16), channels)
    profile = tomllib.loads(text)
    assert list(faults(profile)) == []
    assert profile["profile"].get("vendor", "") == vendor
    assert len(RegisterDriver(3, profile, {}).channels) == len(found) > 3
