"""Raw readings of the open hours, packed while they wait: a reading as an object takes 200 bytes."""

from collections.abc import Collection

from store.raw_blocks import pack_readings, unpack_readings
from store.rows import Reading

__all__ = ["RawBuffer"]

CHUNK = 200


class RawBuffer:
    """Of these channels every reading is kept."""

    def __init__(self, channels: Collection[str]) -> None:
        self._channels = frozenset(channels)
        self._loose: dict[tuple[int, str], list[Reading]] = {}
        self._packed: dict[tuple[int, str], list[bytes]] = {}

    def add(self, hour: int, reading: Reading) -> None:
        """Take a reading of that hour, where its channel is of those."""
        if reading.channel not in self._channels:
            return
        key = (hour, reading.channel)
        loose = self._loose.setdefault(key, [])
        loose.append(reading)
        if len(loose) >= CHUNK:
            self._packed.setdefault(key, []).append(pack_readings(0, loose))
            loose.clear()

    def close(self, hour: int) -> dict[str, list[Reading]]:
        """The readings of that hour by channel, in the order in which they came."""
        found = {}
        for key in [key for key in self._loose if key[0] == hour]:
            chunks = [unpack_readings(0, block) for block in self._packed.pop(key, [])]
            found[key[1]] = [reading for chunk in (*chunks, self._loose.pop(key)) for reading in chunk]
        return found
