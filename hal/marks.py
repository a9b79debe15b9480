"""Takes apart what the kernel marks in a serial stream (PARMRK): damaged bytes and breaks.

FF 00 x stands for a byte x that came with a parity or framing error, FF 00 00 for a break, FF FF for a
byte FF that came well. A damaged 00 looks like a break. Source: termios(3), PARMRK.
"""

__all__ = ["Marks"]

MARK = 0xFF


class Marks:
    """One stream. parity_errors (or framing errors), breaks: since the start."""

    def __init__(self) -> None:
        self.parity_errors = self.breaks = 0
        self._held = b""  # the beginning of a mark whose rest has not come

    def take(self, data: bytes) -> list[bytes]:
        """The sound bytes, cut wherever a damaged byte or a break came: [b"ab"] where none did."""
        if MARK not in data and not self._held:
            return [data]
        data, self._held = self._held + data, b""
        pieces, sound, at = [], bytearray(), 0
        while at < len(data):
            if data[at] != MARK:
                sound.append(data[at])
                at += 1
                continue
            follows = data[at + 1 : at + 2]
            # A driver that marks nothing doubles nothing, either.
            size = 2 if follows == b"\xff" else 3 if follows in (b"", b"\x00") else 1
            if len(data) < at + size:
                self._held = data[at:]
                break
            mark = data[at : at + size]
            at += size
            if size < 3:
                sound.append(MARK)
                continue
            self._count(mark)
            pieces.append(bytes(sound))
            sound = bytearray()
        return [*pieces, bytes(sound)]

    def restart(self) -> None:
        """The port is opened anew: what began before it does not go on."""
        self._held = b""

    def _count(self, mark: bytes) -> None:
        if mark[2] == 0:
            self.breaks += 1
        else:
            self.parity_errors += 1
