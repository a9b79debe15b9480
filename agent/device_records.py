"""The device records: what is known of the instruments and of what people did, on disk before anyone is told.

A record is an event of the journal first, of the kind `record`; the file of the records is a view of these
for people, and is built anew from them where it is lost. A file that fails stops nothing.
"""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from drivers.exchange import NoAnswer, Refused, WireError
from hal.errors import PortError
from store.errors import DamagedBatch, StoreError
from store.records import KINDS, Records

if TYPE_CHECKING:
    from agent.config.model import InstrumentSettings, StationFile
    from agent.judge import Judge
    from agent.polling import Poller
    from drivers.exchange import Conversation, Request
    from hal.clock import Clock
    from store.journal import Journal
    from store.recorder import Recorder

__all__ = ["RECORDS_FILE", "DeviceRecords", "apart", "facts_of", "lasting"]

log = logging.getLogger("fenceline")

T = TypeVar("T")

RECORDS_FILE = "records.json"
EVENT = "record"
LOOK_EVERY_S = 10.0
TRIES = 3  # to learn who an instrument is, each time it has come back
CHUNK = 500  # events of one look into the journal
# A time as drivers.register_values writes it, and one that there is not.
CLOCK = re.compile(r"\d:\d\d|no time: ")


class DeviceRecords:
    """fault: told (what, state, detail) when the file fails."""

    def __init__(
        self,
        station: "StationFile",
        pollers: Iterable["Poller"],
        *,
        recorder: "Recorder",
        clock: "Clock",
        judge: "Judge",
        fault: Callable[[str, str, str], None],
    ) -> None:
        self._station, self._pollers = station, list(pollers)
        self._recorder, self._clock, self._judge, self._fault = recorder, clock, judge, fault
        self._loop = asyncio.get_running_loop()
        # A thread of its own: what it takes to rewrite the file, no commit waits for.
        self._thread = ThreadPoolExecutor(1, "records")
        self._file: Records | None = None
        self._failing = ""
        self._left = {id(poller): TRIES for poller in self._pollers}

    async def run(self) -> None:
        """For ever: the file is brought up to date, then each instrument is asked once who it is."""
        await self._tried(self._begin())
        while True:
            for poller in self._pollers:
                if self._may_be_asked(poller):
                    await self._identify(poller)
            await asyncio.sleep(LOOK_EVERY_S)

    async def add(
        self, kind: str, record_id: str, facts: Mapping[str, Any], state: Mapping[str, object] | None = None
    ) -> None:
        """One record: calibrations, sign_offs, acknowledgements and what else KINDS has.

        It is on disk, in the journal, when this returns, unless the disk fails; `state` (by key) with it.
        Raises ValueError for a kind that there is none of, TypeError for facts that are no JSON.
        """
        if kind not in KINDS:
            raise ValueError(f"record of kind {kind!r}: there are {', '.join(KINDS)}")
        facts = {"t": self._clock.utc_ms(), **facts}
        await self._judge.announce(EVENT, {"record": kind, "of": record_id, "facts": facts}, state)
        await self._tried(self._put(kind, record_id, facts))

    @property
    def is_read(self) -> bool:
        """Whether the file is open, built anew from the journal where it had to be."""
        return self._file is not None

    async def report(self, request: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """The control socket's `records`: by kind. Raises ValueError where they cannot be read."""
        if self._file is None:
            raise ValueError(self._failing or "the records are not read yet")
        try:
            return {kind: await self._on_thread(partial(self._file.all, kind)) for kind in KINDS}
        except StoreError as error:
            raise ValueError(str(error)) from error

    def shut_down(self) -> None:
        """Let the thread go; `run` has ended."""
        self._thread.shutdown()

    # ---- the file ----

    def _on_thread(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        return self._loop.run_in_executor(self._thread, work)

    async def _tried(self, doing: Any) -> None:
        try:
            await doing
        except StoreError as error:
            if str(error) != self._failing:
                self._failing = str(error)
                self._fault("device records", "failing", str(error))
        else:
            self._failing = ""

    async def _put(self, kind: str, record_id: str, facts: Mapping[str, Any]) -> None:
        if self._file is not None:
            await self._on_thread(partial(self._file.put, kind, record_id, facts))

    async def _begin(self) -> None:
        path = self._station.data_dir / RECORDS_FILE
        file = await self._on_thread(lambda: Records(path, self._clock.utc_ms))
        for aside in file.set_aside:
            self._fault("device records", "set aside", f"could not be read and are kept as {aside.name}")
        if file.lost:
            await self._rebuild(file)
        self._file = file
        known = {row["id"]: row for row in await self._on_thread(partial(file.all, "instruments"))}
        for instrument in self._station.instruments:
            facts = facts_of(instrument)
            before = known.get(instrument.id)
            if before is None or {**before, **facts} != before:
                await self.add("instruments", instrument.id, facts)
        await self._note_configuration(file)

    async def _rebuild(self, file: Records) -> None:
        """From the journal, a chunk at a time: commits go first."""
        at, last = 1, self._recorder.last_seq
        while at <= last:
            try:
                rows = await self._recorder.ask(partial(_events, first=at, last=last))
            except DamagedBatch as damage:
                at = damage.last + 1
                continue
            for _, body in rows:
                if body is not None:
                    await self._on_thread(partial(_replay, file, body))
            at = rows[-1][0] + 1 if rows else last + 1

    async def _note_configuration(self, file: Records) -> None:
        """A station file that is not the last one is a revision of its own."""
        try:
            text = self._station.path.read_bytes()
        except OSError:  # it was read at the start; nobody needs it any more
            return
        digest = hashlib.sha256(text).hexdigest()
        known = await self._on_thread(partial(file.all, "configurations"))
        if not known or known[-1]["id"] != digest[:12]:
            facts = {
                "sha256": digest,
                "file": str(self._station.path),
                "instruments": len(self._station.instruments),
                "rules": len(self._station.rules),
            }
            await self.add("configurations", digest[:12], facts)

    # ---- who the instruments are ----

    def _may_be_asked(self, poller: "Poller") -> bool:
        """It answers, and what it owed to whoever asked before is over: the rule of doubt holds for what is
        asked all the time, not for what is asked once."""
        if poller.state.dead:
            self._left[id(poller)] = TRIES  # who comes back may be another
        now_ms = self._loop.time() * 1000
        settled = not poller.state.debts and now_ms >= poller.state.doubt_until
        return (
            hasattr(poller.driver, "identify")
            and self._left[id(poller)] > 0
            and poller.line.is_open
            and poller.good > 0
            and not poller.state.dead
            and settled
        )

    async def _identify(self, poller: "Poller") -> None:
        name = poller.settings.id
        self._left[id(poller)] -= 1
        try:
            asking = apart(poller.driver.identify(), poller.driver.questions())  # type: ignore[attr-defined]
            answer = await poller.line.converse(poller.settings.address, asking)
        except (NoAnswer, WireError, PortError, Refused) as failure:
            log.info("instrument %s does not say who it is: %s", name, failure)
            return
        self._left[id(poller)] = 0
        said = lasting(answer.result)
        known = await self._known(name)
        if said and said != known:
            if known:
                detail = f"it was {', '.join(known)}; now it is {', '.join(said)}"
                self._fault(f"instrument {name}", "another one", detail)
            await self.add("identities", name, {"says": said, "driver": poller.settings.driver})

    async def _known(self, name: str) -> list[str]:
        if self._file is None:
            return []
        rows = await self._on_thread(partial(self._file.all, "identities"))
        return next((row.get("says", []) for row in rows if row["id"] == name), [])


def apart(conversation: "Conversation", measuring: Iterable["Request"]) -> "Conversation":
    """The conversation, given up where it asks what a poll asks, too: that answer is a measurement, and one
    that nobody would keep. It then says nothing."""
    known = {question.encode() for question in measuring}
    try:
        request = next(conversation)
        while request.encode() not in known:
            try:
                answer = yield request
            except Refused as refusal:
                request = conversation.throw(refusal)
            else:
                request = conversation.send(answer)
    except StopIteration as end:
        return list(end.value)
    finally:
        conversation.close()
    return []


def lasting(texts: Iterable[object]) -> list[str]:
    """What an instrument says of itself that stays as it is: a text with a time of day is its clock."""
    return [str(text) for text in texts if not CLOCK.search(str(text))]


def facts_of(instrument: "InstrumentSettings") -> dict[str, Any]:
    """What the station file says of an instrument, for its record; plain JSON."""
    facts = {
        "driver": instrument.driver,
        "line": instrument.line,
        "address": instrument.address,
        "area": instrument.area,
        "settings": instrument.settings,
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return plain


def _events(journal: "Journal", first: int, last: int) -> list[tuple[int, dict[str, Any] | None]]:
    """On the journal's thread: seq and, of a record, its body."""
    rows = journal.events(first, last, CHUNK)
    return [(seq, event.body if event.kind == EVENT else None) for seq, _, event in rows]


def _replay(file: Records, body: Mapping[str, Any]) -> None:
    """One event into the file; one that a later version wrote is not ours to understand."""
    kind, record_id, facts = body.get("record"), body.get("of"), body.get("facts")
    if isinstance(kind, str) and kind in KINDS and isinstance(record_id, str) and isinstance(facts, dict):
        file.put(kind, record_id, facts)
