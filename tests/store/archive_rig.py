"""A journal and an archive on real files, and what goes from the one into the other."""

import random

from agent.pipeline.windows import HOUR_MS, MINUTE_MS, Rule, Windows
from store.archive import Archive
from store.archive_reader import ArchiveReader
from store.archiver import Archiver
from store.journal import Journal
from store.rows import Reading

HOUR = 1_795_485_600_000  # 2026-11-24T02:00:00Z, 10:00 at +08:00
MIDNIGHT = HOUR - 10 * HOUR_MS  # of that local day
EVERY_MS = 10_000
CHANNELS = ("pid.voc", "dust.tsp")


def plant_readings(first, last, channels=CHANNELS, every_ms=EVERY_MS):
    """As polls give them, each channel's own way, the same for the same moment whenever it is asked for."""
    for t in range(first, last, every_ms):
        for at, channel in enumerate(channels):
            rng = random.Random(t * 31 + at)
            flag = "D" if rng.random() < 0.02 else "N"
            value = None if flag == "D" else round(12 + at * 100 + rng.gauss(0, 0.3), 1)
            yield Reading(channel, t + at, t % 10**9, True, value, None, flag)


class ArchiveRig:
    """kept: what the journal was given."""

    def __init__(self, folder, channels=CHANNELS, **options):
        self.folder, self.options = folder, {"keep_days": 1830, **options}
        self.max_pages = self.options.pop("max_pages", None)
        self.rules = dict.fromkeys(channels, Rule(float(EVERY_MS)))
        self.units = dict.fromkeys(channels, "ppm")
        self.kept: list[Reading] = []
        self.path = folder / "archive.db"
        self.open()

    def open(self):
        self.journal = Journal.open(self.folder / "journal.db", utc_ms=lambda: HOUR)
        self.archive = Archive(self.path, self.units, max_pages=self.max_pages)
        self.archiver = Archiver(self.archive, self.windows, **self.options)

    def windows(self):
        return Windows(self.rules, 480)

    def close(self):
        self.archive.close()
        self.journal.close()

    def again(self):
        """As after a restart."""
        self.close()
        self.open()

    def put(self, readings, batch=400):
        readings = list(readings)
        for at in range(0, len(readings), batch):
            self.journal.commit(readings[at : at + batch], [], {})
        self.kept += readings

    def round(self, now_ms, settled=True, questions_max=None):
        """A whole round, or so many questions of it."""
        conversation = self.archiver.round(self.journal.log, now_ms, settled)
        question, asked = next(conversation, None), 0
        while question is not None and asked != questions_max:
            asked += 1
            try:
                question = conversation.send(question(self.journal))
            except StopIteration:
                return
        conversation.close()

    def read(self, channel, period_ms, first=0, last=HOUR + 10**11):
        reader = ArchiveReader(self.path)
        try:
            found, extent = [], reader.extent() or (0, 0)
            for known in reader.channels():
                if known.name == channel:
                    span = max(first, extent[0]), min(last, extent[1])
                    found += reader.averages(known.number, period_ms, *span)
            assert reader.damaged == []
            return found
        finally:
            reader.close()

    def computed(self, channel, period_ms, readings=None):
        """What the arithmetic makes of all that was journalled, at one stroke."""
        windows = self.windows()
        for reading in self.kept if readings is None else readings:
            windows.add(reading)
        hours = [windows.close_hour(start)[channel] for start in windows.open_hours()]
        if period_ms == MINUTE_MS:
            return [minute for hour in hours for minute in hour.minutes]
        return [hour.hour for hour in hours]
