"""The write-ahead log beside the journal, frame by frame: what SQLite took of it, and what it left.

SQLite takes frames up to the first that is damaged and says nothing of those behind it. A commit that
was cut short looks like that, and so does a card that lost what had been acknowledged.
Source: sqlite.org/fileformat2.html, section 4; the index: sqlite.org/walformat.html, section 2.1.
"""

import struct
from pathlib import Path
from typing import NamedTuple

from store.pages import PAGE_BYTES

__all__ = ["Frame", "Wal", "frames_taken"]

HEAD_BYTES, FRAME_HEAD_BYTES = 32, 24
FRAME_BYTES = FRAME_HEAD_BYTES + PAGE_BYTES
MAGIC = (0x377F0682, 0x377F0683)  # checksums of little-endian words, of big-endian ones


class Frame(NamedTuple):
    """place: which of the file, from 1. number: of the page."""

    place: int
    number: int
    page: bytes


class Wal:
    """One file's bytes; frames: those of its present generation. sound: whether its head is undamaged.

    A damaged head does not say which generation is the present one: then they are all taken.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.there = len(data) > HEAD_BYTES
        self.frames: list[Frame] = []
        self.sound = self.there and self._head_is_sound()
        salts = data[16:24]
        for place in range(1, (len(data) - HEAD_BYTES) // FRAME_BYTES + 1):
            head, page = self._frame(place)
            if head[8:16] == salts or not self.sound:
                self.frames.append(Frame(place, int.from_bytes(head[:4], "big"), page))

    @classmethod
    def read(cls, path: Path) -> "Wal":
        """Empty where there is no such file. Raises OSError."""
        return cls(path.read_bytes() if path.exists() else b"")

    def put_back(self, path: Path) -> None:
        """Closing a database removes its log, and with it the frames that SQLite did not take."""
        if self.there and not path.exists():
            path.write_bytes(self._data)

    def newest(self) -> dict[int, bytes]:
        """The pages as the last frame of each has them."""
        return {frame.number: frame.page for frame in self.frames}

    def broken_after(self, taken: int) -> bool:
        """Whether frames behind the first `taken` are damaged, rather than an unfinished commit's."""
        if not self.sound:
            return self.there
        behind = [frame.place for frame in self.frames if frame.place > taken]
        check = self._frame(taken)[0][16:24] if taken else self._data[24:32]
        for due, place in enumerate(behind, taken + 1):
            head, page = self._frame(place)
            check = self._checksum(head[:8] + page, check)
            if place != due or check != head[16:24]:
                return True
        return False

    def _frame(self, place: int) -> tuple[bytes, bytes]:
        at = HEAD_BYTES + (place - 1) * FRAME_BYTES
        frame = self._data[at : at + FRAME_BYTES]
        return frame[:FRAME_HEAD_BYTES], frame[FRAME_HEAD_BYTES:]

    def _head_is_sound(self) -> bool:
        magic, _, page_bytes = struct.unpack_from(">3I", self._data)
        check = self._checksum(self._data[:24], bytes(8))
        return magic in MAGIC and page_bytes == PAGE_BYTES and check == self._data[24:32]

    def _checksum(self, data: bytes, before: bytes) -> bytes:
        """The checksum that runs through the file, `before` being that of what stands in front."""
        first, second = struct.unpack(">2I", before)
        words = struct.unpack(f"{'>' if self._data[3] & 1 else '<'}{len(data) // 4}I", data)
        for at in range(0, len(words), 2):
            first = first + words[at] + second & 0xFFFFFFFF
            second = second + words[at + 1] + first & 0xFFFFFFFF
        return struct.pack(">2I", first, second)


def frames_taken(index: Path) -> int | None:
    """How many frames SQLite took when it opened the log, by its `-shm` file; None where that is not said."""
    try:
        head = index.read_bytes()[:20]
    except OSError:
        return None
    return int(struct.unpack("=5I", head)[4]) if len(head) == 20 else None
