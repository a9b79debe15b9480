"""The whole of it, in order: read, compare, name, check, write."""

import os
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.profile import faults
from drivers.sample import Sample
from hal.clock import Clock
from tools.profile_wizard.access import FAILURES, Access, Place, access_to, why
from tools.profile_wizard.matches import signed_where_needed
from tools.profile_wizard.naming import file_wanted, name_wanted, slug, text_wanted, unit_wanted
from tools.profile_wizard.profile_text import About, Channel, profile_text
from tools.profile_wizard.search import Found, Search
from tools.profile_wizard.setup import Options, place_wanted, spans_wanted
from tools.profile_wizard.survey import Span
from tools.profile_wizard.terminal import Terminal

__all__ = ["NotReached", "write_new_profile"]

GREETING = (
    "Finds the registers of what the display shows, and writes a profile. It only reads: nothing is ever "
    "written to the instrument. Ctrl-C ends it."
)
UNNAMED = "my-instrument"
FIRST = (
    "Now look at the display. Type one number of it, with all its digits; the registers are read meanwhile."
)


class NotReached(Exception):
    """The instrument cannot be read: why, in words for a person."""


async def write_new_profile(
    terminal: Terminal, clock: Clock, options: Options, file: Path | None
) -> Path | None:
    """The file that was written; None where nobody wanted it.

    Raises NotReached, PortError, access.Babble, WrongChoice for an option, terminal.Ended, and OSError for
    the file.
    """
    terminal.say(GREETING)
    place = await place_wanted(terminal, options)
    spans = await spans_wanted(terminal, options.table, options.registers)
    async with access_to(place, anyway=options.anyway) as access:
        return await Session(terminal, clock, access).run(spans, file)


class Session:
    """With one instrument that is reached."""

    def __init__(self, terminal: Terminal, clock: Clock, access: Access) -> None:
        self._terminal, self._clock, self._access = terminal, clock, access
        self._channels: list[Channel] = []

    async def run(self, spans: list[Span], file: Path | None) -> Path | None:
        await self._explore(spans)
        self._terminal.say()
        self._terminal.say(FIRST)
        while not await self._channel("display"):
            self._terminal.say("There is nothing to write yet: type a number of the display.")
        while await self._channel("another value: its number, or Enter for no more"):
            pass
        return await self._finish(file)

    async def _explore(self, spans: list[Span]) -> None:
        """Until something can be read."""

        def told(asked: int) -> None:
            self._terminal.progress(f"reading, question {asked + 1}")

        while True:
            try:
                await self._access.explore(spans, told)
            except FAILURES as failure:
                raise NotReached(why(failure, self._access.place)) from None
            finally:
                self._terminal.progress("")
            self._say_what_there_is(spans)
            if self._access.survey.readable:
                return
            self._terminal.say("Nothing of that can be read. Which other registers?")
            spans = await spans_wanted(self._terminal, None, None)

    async def _read_others(self) -> None:
        await self._explore(await spans_wanted(self._terminal, None, None))

    def _say_what_there_is(self, spans: list[Span]) -> None:
        survey, say = self._access.survey, self._terminal.say
        for table in dict.fromkeys(span.table for span in spans):
            if table in survey.no_table:
                say(f"{table}: the instrument has no such table", 4)
                continue
            read, refused, silent = (
                ", ".join(str(span) for span in found if span.table == table)
                for found in (survey.readable, survey.refused, survey.silent)
            )
            say(f"{table}: {f'can read {read}' if read else 'nothing can be read'}", 4)
            if refused and read:
                say(f"  refused: {refused}", 4)
            if silent:
                say(f"  no answer: {silent}", 4)
        if survey.most is not None:
            say(f"It says up to {survey.most} registers at once.")
        if survey.damaged:
            say(f"{survey.damaged} answers came damaged: a bad line, or two instruments at this address.", 4)

    async def _channel(self, question: str) -> bool:
        """One value of the display, found and named."""
        taken = [channel.found.match for channel in self._channels]

        async def find_other() -> None:
            if await self._channel("the other value"):
                taken.append(self._channels[-1].found.match)

        search = Search(self._terminal, self._access, taken, self._read_others, find_other)
        found = await search.run(question)
        if found is None:
            return False
        await self._name(found)
        return True

    async def _name(self, found: Found) -> None:
        name = await name_wanted(self._terminal, [channel.name for channel in self._channels])
        unit = await unit_wanted(self._terminal, found.unit)
        match = signed_where_needed(found.match, unit)
        if match.also:
            said = f"{' and '.join(match.also)} would say the same so far; {match.type} is taken."
            if match.type.startswith("u"):
                said += " If that is wrong, a value below zero will read as a very high one."
            self._terminal.say(said)
        self._channels.append(Channel(name, unit, found._replace(match=match)))
        self._terminal.say()

    # -- writing ----------------------------------------------------------------------------

    async def _finish(self, file: Path | None) -> Path | None:
        vendor = await text_wanted(self._terminal, "vendor, as on the nameplate (Enter: leave out)")
        model = await text_wanted(self._terminal, "model (Enter: leave out)")
        usual = slug(f"{vendor} {model}", "-") or UNNAMED
        path, replace = await file_wanted(self._terminal, file, f"{usual}.toml")
        text = profile_text(self._about(slug(path.stem, "-") or UNNAMED, vendor, model), self._channels)
        profile = tomllib.loads(text)
        wrong = [f"{table}: {key}: {what}" for table, _, key, what, _ in faults(profile)]
        assert not wrong, wrong
        await self._say_readings(profile)
        while await self._terminal.agreed(f"write {path}?", True):
            try:
                save(path, text, replace)
            except FileExistsError:
                path, replace = await file_wanted(self._terminal, path, path.name)
                continue
            self._say_next(path)
            return path
        return None

    def _about(self, name: str, vendor: str, model: str) -> About:
        date = ""
        if self._clock.utc_trusted():
            date = datetime.fromtimestamp(self._clock.utc_ms() / 1000, UTC).date().isoformat()
        place, most = self._access.place, self._access.survey.most
        if most is not None:  # another range may admit fewer than what was found in this one takes
            most = max(most, *(channel.found.match.registers for channel in self._channels))
        return About(name, vendor, model, f"address {place.address}, {place.setting}", date, most)

    async def _say_readings(self, profile: dict[str, Any]) -> None:
        """The proof: the driver itself, with this very profile."""
        try:
            samples = await self._access.measured(profile)
        except FAILURES as failure:
            self._terminal.say(
                f"It could not be read by the profile just now: {why(failure, self._access.place)}", 4
            )
            return
        for sample in samples:
            self._terminal.say(_reading(sample), 4)
        self._terminal.say("That is what the profile makes of it: compare with the display.")

    def _say_next(self, path: Path) -> None:
        place: Place = self._access.place
        self._terminal.say(f"Written: {path}")
        self._terminal.say("In the station file, with the id of its line:")
        self._terminal.rows(
            [
                "",
                "[[instrument]]",
                f'id = "{slug(path.stem, "-") or UNNAMED}"',
                'line = "..."',
                f'driver = "./{path.name}"',
                f"address = {place.address}",
            ]
        )


def _reading(sample: Sample) -> str:
    """As in "voc reads 12.3 ppm now"."""
    if sample.value is None:
        return f"{sample.channel} has no value now: {', '.join(sample.conditions)}"
    return f"{sample.channel} reads {sample.value:.7g} {sample.unit} now"


def save(path: Path, text: str, replace: bool) -> None:
    """All of the file or nothing of it, also when the power goes. Raises FileExistsError, OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
