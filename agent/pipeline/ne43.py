"""Current loops: mA become values, and the bands of NAMUR NE43 become flags.

| current           | flag | why |
| 3.8 .. 20.5 mA    | N    | the measuring range; below 4 and above 20 the value goes on along its line |
| 20.5 .. 21 mA     | T    | over range, at once: a plume that saturates the sensor raises every high rule |
| 3.6 .. 3.8 mA     | N    | condition "under range": the transmitter says "at most `low`", which is a valid |
|                   |      | measurement, and HJ 212 has no letter for it; T would raise alarms, D hold them |
| <= 3.6, >= 21 mA  | D    | sensor failure, once it has lasted: NE43 asks for 4 s |

Until a failure has lasted, nobody knows: there is no value, and the flag stays what it was, so that
a single sample neither flags nor clears nor raises anything. Where the loop has never been seen
sound since the start there is no flag to keep, and it counts at once.
Source: NAMUR NE43, limits as the station file has them.
"""

from agent.config.model import LoopSettings
from agent.pipeline.causes import with_causes
from agent.pipeline.explained import Explained, value_text
from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["FAILED_HIGH", "FAILED_LOW", "UNDER_RANGE", "CurrentLoop"]

LIVE_ZERO_MA, SPAN_MA = 4.0, 16.0
UNDER_RANGE = "under range"
FAILED_LOW = "sensor failure, NAMUR NE43 low"
FAILED_HIGH = "sensor failure, NAMUR NE43 high"


class CurrentLoop:
    """One [[loop]]. Time is that of the readings, monotonic."""

    def __init__(self, settings: LoopSettings) -> None:
        self._settings = settings
        self._sound = False  # since the start, whether a current within the failure limits was seen
        self._failed_since_ms: int | None = None

    def judge(self, reading: Reading) -> Reading:
        """The reading in mA as a reading in the loop's unit; its `raw` is the current."""
        current_ma = reading.value
        if current_ma is None:  # silence, damage, a module without a value: nothing is known of the loop
            return reading
        value, cause = self._look_at(current_ma, reading.mono)
        return with_causes(reading, [cause])._replace(value=value, raw=current_ma)

    def explain(self, reading: Reading) -> Explained:
        """Of a reading that it has judged."""
        limits = self._settings
        span = f"4..20 mA are {limits.low:g}..{limits.high:g} {limits.unit}"
        if reading.raw is None:
            return Explained("loop", reading.channel, (span, "no current was read"))
        text = (span, f"{reading.raw:.6g} mA is {value_text(reading, limits.unit)}")
        return Explained("loop", reading.channel, text, {"current_ma": reading.raw})

    def _look_at(self, current_ma: float, now_ms: int) -> tuple[float | None, tuple[str, str]]:
        """The value, and what is to be said of it as (flag, condition)."""
        limits = self._settings
        failed_low = current_ma <= limits.failed_low_ma
        if failed_low or current_ma >= limits.failed_high_ma:
            return None, self._failure(failed_low, now_ms)
        self._sound, self._failed_since_ms = True, None
        value = limits.low + (current_ma - LIVE_ZERO_MA) / SPAN_MA * (limits.high - limits.low)
        if current_ma > limits.over_ma:
            return value, ("T", OVER_RANGE)
        return value, ("N", UNDER_RANGE if current_ma < limits.under_ma else "")

    def _failure(self, is_low: bool, now_ms: int) -> tuple[str, str]:
        if self._failed_since_ms is None:
            self._failed_since_ms = now_ms
        if not self._sound or now_ms - self._failed_since_ms >= self._settings.persist_ms:
            self._sound = False  # a failure that changes sides goes on
            return "D", FAILED_LOW if is_low else FAILED_HIGH
        side = (
            f"below {self._settings.failed_low_ma:g}"
            if is_low
            else f"above {self._settings.failed_high_ma:g}"
        )
        return "N", f"current {side} mA, for less than {self._settings.persist_ms / 1000:g} s"
