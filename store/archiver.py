"""From the journal into the archive.

The archive is filled from what is journalled, in the order of the seqs: so it can never say what the
journal does not, and going on after a restart is the same as going on. What is not archived yet is
read again from behind the mark. A reading of an hour that is archived already (the clock was set
back) makes that hour be computed anew, from the journal; and so does a time correction of those from
which readings go and to which they come.

The arithmetic and the archive's file have a thread of their own, on which all here runs, and the
journal has another one. So `round` is a conversation: it yields questions to the journal.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import NamedTuple, Protocol

from store.archive import Archive, Filed, Mark, Span
from store.archive_rows import DAY_MS, HOUR_MS
from store.averages import Average
from store.errors import DamagedBatch
from store.journal import Journal
from store.raw_buffer import RawBuffer
from store.redating import CorrectionsOf, Redating, redated
from store.rows import Reading
from store.thinning import mean_of

__all__ = ["Archiver", "ArchiverStats", "Arithmetic", "Chunk", "Question", "Round"]

CHUNK = 500  # readings of one question: some ms of the journal's thread
OPEN_HOURS_MAX = 4  # a clock that jumps about opens many; each may take 5 MB with 300 channels
KNOWN_HOURS_MAX = 50


class Chunk(NamedTuple):
    """Readings with their seqs, their times put right; up_to: as far as was looked; lost: readings that are
    damaged; known: the time corrections there are."""

    readings: list[tuple[int, Reading]]
    up_to: int
    lost: int = 0
    known: Sequence[Redating] = ()


Question = Callable[[Journal], Chunk]
Round = Generator[Question, Chunk, None]


class Arithmetic(Protocol):
    """What agent.pipeline.windows.Windows does."""

    def add(self, reading: Reading) -> int: ...
    def start_of(self, t: int, period_ms: int) -> int: ...
    def open_hours(self) -> list[int]: ...
    def close_hour(self, start: int) -> Mapping[str, tuple[list[Average], Average]]: ...
    def day_of(self, channel: str, start: int, hours: Sequence[Average]) -> Average: ...


class ArchiverStats(NamedTuple):
    """Since the start. archived: seqs of the journal up to this one are; closed: UTC ms up to which.

    revised: windows that were computed anew and came out otherwise. lost: readings that the journal
    could not give. unplaced: hours with readings too late, of which the journal has not all any more.
    """

    archived: int
    closed: int
    revised: int
    lost: int
    unplaced: int


class Archiver:
    """windows: makes an empty arithmetic. raw: channels of which every reading is archived.

    keep_days: days with data that retention leaves. grace_ms: after its end an hour stays open for so
    long, since its readings are first to be committed. corrections: of time, that a journal knows.
    """

    def __init__(
        self,
        archive: Archive,
        windows: Callable[[], Arithmetic],
        *,
        raw: Collection[str] = (),
        keep_days: int = 5 * 366,
        grace_ms: int = 6000,
        corrections: CorrectionsOf = lambda journal: (),
    ) -> None:
        self.archive = archive
        self._new_windows, self._raw_channels = windows, raw
        self._keep_days, self._grace_ms = keep_days, grace_ms
        self._corrections_of = corrections
        self._cursor = archive.mark.seq
        self._windows, self._raw = windows(), RawBuffer(raw)
        self._open: dict[int, Span] = {}  # by hour
        self._late: dict[int, Span] = {}
        self._known: dict[int, list[Span]] = {}  # of hours that are archived
        self._pending: list[Filed] = []  # closed, and not on disk yet
        self._pruned_day = 0
        self._revised = self._lost = self._unplaced = 0

    @property
    def stats(self) -> ArchiverStats:
        mark = self.archive.mark
        return ArchiverStats(mark.seq, mark.closed, self._revised, self._lost, self._unplaced)

    def round(self, log: str, now_ms: int, settled: bool) -> Round:
        """All that is due now: yields questions to the journal, is sent their answers.

        log: the journal's. settled: it has all readings up to now; else no hour is closed. Raises
        ArchiveError; nothing is lost then, and the next round tries again.
        """
        self._flush()
        if self.archive.mark.log != log:  # a new card: its seqs have nothing to do with the old ones
            self._begin(log)
        yield from self._put_right()
        while True:
            chunk = yield self._after(self._cursor, None)
            self._take(chunk)
            while len(self._open) > OPEN_HOURS_MAX:
                self._close(min(self._open.values(), key=lambda span: span.last).hour)
            if not chunk.readings and not chunk.lost:
                break
        if settled:
            for hour in self._windows.open_hours():
                if hour + HOUR_MS + self._grace_ms <= now_ms:
                    self._close(hour)
                    yield from self._rebuild_late()
            if not self._open:  # nothing comes any more that would close an hour
                yield from self._rebuild_late()
        yield from self._tidy(now_ms)

    def _begin(self, log: str) -> None:
        self._windows, self._raw = self._new_windows(), RawBuffer(self._raw_channels)
        self._open, self._late, self._known = {}, {}, {}
        self._cursor = 0
        self.archive.write([], Mark(log, 0, self.archive.mark.closed, 0))

    def _take(self, chunk: Chunk) -> None:
        for seq, reading in chunk.readings:
            hour = self._windows.start_of(reading.t, HOUR_MS)
            spans = None if hour in self._open else self._spans(hour)
            if not spans:
                self._windows.add(reading)
                self._raw.add(hour, reading)
                self._open[hour] = _grown(self._open.get(hour), hour, seq)
            elif not any(span.first <= seq <= span.last for span in spans):
                self._late[hour] = _grown(self._late.get(hour), hour, seq)
        self._cursor = chunk.up_to
        self._lost += chunk.lost

    def _spans(self, hour: int) -> list[Span]:
        """Which seqs of that hour are archived; none where it is not."""
        if hour not in self._known:
            if len(self._known) >= KNOWN_HOURS_MAX:
                self._known.clear()
            self._known[hour] = self.archive.spans(hour)
        return self._known[hour]

    def _close(self, hour: int) -> None:
        raw = self._raw.close(hour)
        self._pending.append(Filed(self._windows.close_hour(hour), self._open.pop(hour), raw))
        self._flush()

    def _flush(self) -> None:
        while self._pending:
            filed = self._pending[0]
            self.archive.write([filed], self._mark(filed.span.hour + HOUR_MS, filed.span))
            self._known[filed.span.hour] = [filed.span]
            del self._pending[0]

    def _mark(self, closed: int | None = None, done: Span | None = None) -> Mark:
        """Everything before the first reading that is still to be archived, is. done: with this one."""
        waiting = [*self._open.values(), *self._late.values(), *(each.span for each in self._pending)]
        seq = min((span.first - 1 for span in waiting if span != done), default=self._cursor)
        mark = self.archive.mark
        return mark._replace(seq=seq, closed=mark.closed if closed is None else closed)

    def _put_right(self) -> Round:
        """Apply the time corrections that are new: each is a stretch of seqs that counts at other times now.

        The hours that are archived are computed anew first, those that lose readings and those that get some.
        Only then is the correction noted as applied, and all that is not archived taken once more from the
        stretch on. Killed in between, all of it is done again, and comes out the same.
        """
        known = (yield self._after(self.archive.mark.seq, self.archive.mark.seq)).known
        new = [each for each in known if each.last > self.archive.mark.corrected]
        for each in new:
            came: dict[int, Span] = {}
            at = each.first - 1
            while at < each.last:
                chunk = yield self._after(at, each.last)
                for seq, reading in chunk.readings:
                    hour = self._windows.start_of(reading.t, HOUR_MS)
                    came[hour] = _grown(came.get(hour), hour, seq)
                at = chunk.up_to
            lost = {
                hour: self.archive.spans(hour)[0] for hour in self.archive.hours_of(each.first, each.last)
            }
            before = self._unplaced
            for hour, span in came.items():
                if self.archive.spans(hour):
                    yield from self._rebuild(span, self.archive.mark, moved=True)
            for hour, span in lost.items():
                # Nothing is withdrawn whose new place cannot be computed: it would stand nowhere.
                if hour not in came and self._unplaced == before:
                    yield from self._rebuild(span, self.archive.mark, moved=True)
        if new:
            self._start_over(min(self.archive.mark.seq, new[0].first - 1), new[-1].last)

    def _rebuild_late(self) -> Round:
        for late in list(self._late.values()):
            yield from self._rebuild(late, self._mark(done=late))
            del self._late[late.hour]

    def _start_over(self, seq: int, corrected: int) -> None:
        """Take everything behind that seq once more."""
        self.archive.write([], self.archive.mark._replace(seq=seq, corrected=corrected))
        self._windows, self._raw = self._new_windows(), RawBuffer(self._raw_channels)
        self._open, self._late, self._known = {}, {}, {}
        self._cursor = seq

    def _rebuild(self, late: Span, mark: Mark, *, moved: bool = False) -> Round:
        """Compute an archived hour anew, from all its readings in the journal. moved: see Archive.replace."""
        hour = late.hour
        spans = _merged([*self.archive.spans(hour), late])
        windows, raw = self._new_windows(), RawBuffer(self._raw_channels)
        whole = True
        for span in spans:
            at = span.first - 1
            while whole and at < span.last:
                chunk = yield self._after(at, span.last)
                # What retention has removed from the journal, or thinned, cannot be computed anew.
                trimmed = at < span.first and [seq for seq, _ in chunk.readings[:1]] != [span.first]
                thinned = any(mean_of(reading.conditions) for _, reading in chunk.readings)
                whole = not trimmed and not thinned and not chunk.lost
                for _, reading in chunk.readings:
                    if windows.start_of(reading.t, HOUR_MS) == hour:
                        windows.add(reading)
                        raw.add(hour, reading)
                at = chunk.up_to
        if whole:
            filed = Filed(windows.close_hour(hour), late, raw.close(hour))
            self._revised += self.archive.replace(filed, mark, moved=moved)
        else:
            self._unplaced += 1
            self.archive.write([Filed({}, late, {})], mark)
        self._known.pop(hour, None)

    def _tidy(self, now_ms: int) -> Round:
        """Pack finished days, a few channels at a time; then remove what is too old, once a day."""
        waiting = [*self._open, *self._late]
        over = min([now_ms - self._grace_ms, *waiting])
        while self.archive.compact(over, self._day_start, self._windows.day_of):
            yield _nothing
        day = now_ms // DAY_MS
        while day != self._pruned_day:
            if not self.archive.prune(self._keep_days):
                self._pruned_day = day
            yield _nothing

    def _after(self, seq: int, last: int | None) -> Question:
        """The readings behind that seq, as far as `last` (None: as far as there are any)."""

        def ask(journal: Journal) -> Chunk:
            known = self._corrections_of(journal)
            end = journal.last_seq if last is None else last
            if seq >= end:
                return Chunk([], seq, 0, known)
            try:
                rows = journal.readings(seq + 1, end, CHUNK)
            except DamagedBatch as damage:
                lost_to = min(damage.last, end)
                return Chunk([], lost_to, lost_to - max(damage.first, seq + 1) + 1, known)
            found = [(number, redated(number, reading, known)) for number, _, reading in rows]
            return Chunk(found, rows[-1][0] if rows else end, 0, known)

        return ask

    def _day_start(self, t: int) -> int:
        return self._windows.start_of(t, DAY_MS)


def _grown(span: Span | None, hour: int, seq: int) -> Span:
    return Span(hour, seq, seq) if span is None else span._replace(last=seq)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans of an hour, those that overlap made into one: no reading counts twice."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.first <= merged[-1].last + 1:
            merged[-1] = merged[-1]._replace(last=max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return merged


def _nothing(journal: Journal) -> Chunk:
    """Lets others have their turn."""
    return Chunk([], 0)
