"""A UPS that speaks Megatec: `Q1` CR and `F` CR. Without mains its battery empties in AUTONOMY_S.

Source: Network UPS Tools, nutdrv_qx_megatec.c. This encoder shares nothing with the driver's.
"""

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted

__all__ = ["AUTONOMY_S", "MegatecUps"]

FULL_V, EMPTY_V, LOW_V = 27.6, 21.0, 22.5
AUTONOMY_S = 900.0
SHOWS = tuple(
    Show(condition, "flags", bit, bits=True)
    for condition, bit in (
        ("utility fail", 0x80),
        ("battery low", 0x40),
        ("bypass or boost", 0x20),
        ("UPS failed", 0x10),
        ("test in progress", 0x04),
        ("shutdown active", 0x02),
    )
)
RATINGS = b"#230.0 004 024.0 50.0\r"


class MegatecUps(Scripted):
    """scripts: `mains` in V (below 150 it has failed), `load` in %, `failed` (1: the UPS has), `flags`
    (bits of its status that are set whatever it finds)."""

    usual = {"mains": 230.0, "load": 20.0, "failed": 0.0, "flags": 0.0}
    states = ("failed", "flags")

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self._failed_since_s: float | None = None

    @staticmethod
    def request_length(buf: bytes) -> int:
        return next((len(question) for question in (b"Q1\r", b"F\r") if buf.startswith(question)), 0)

    def answer(self, request: bytes, elapsed_s: float) -> Answer:
        if request == b"F\r":
            return Answer(RATINGS)
        mains = self.value("mains", elapsed_s)
        fails = mains < 150.0
        if not fails:
            self._failed_since_s = None
        elif self._failed_since_s is None:
            self._failed_since_s = elapsed_s
        on_battery_s = 0.0 if self._failed_since_s is None else elapsed_s - self._failed_since_s
        battery = FULL_V - (FULL_V - EMPTY_V) * min(1.0, on_battery_s / AUTONOMY_S)
        found = f"{fails:d}{battery < LOW_V:d}0{self.state('failed', elapsed_s)}1000"
        flags = f"{int(found, 2) | self.state('flags', elapsed_s):08b}"
        load = round(self.value("load", elapsed_s))
        text = f"({mains:05.1f} 195.0 230.0 {load:03d} 50.0 {battery:04.1f} 30.0 {flags}\r"
        return Answer(
            text.encode(),
            {"input_voltage": round(mains, 1), "battery_voltage": round(battery, 1), "load": float(load)},
        )
