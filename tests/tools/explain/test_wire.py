"""What the bytes of an answer say, for every driver that there is, and by the frame of a manual."""

from typing import Any

import pytest

from drivers import catalogue
from tests.rig import Lively
from tools.explain.wire import with_wire

ASK, REPLY = "01030008000245c9", "010304000000d13a6f"  # RAEGuard 3 manual p.81: 209

LATE_S = 20_000.0  # of the emulated instrument's life: all have a value by then


def decoded(driver: str, settings: dict[str, Any], frames: Any, source: str, **more: Any) -> list[str]:
    """The lines of the stage that is put behind `bytes`."""
    stage = {"stage": "bytes", "channel": f"x.{source}", "text": [], "driver": driver, "settings": settings}
    stage |= {"address": 1, "source": source, "frames": [{"asked": a, "answered": b} for a, b in frames]}
    (_, added) = with_wire([stage | more], {})
    assert (added["stage"], added["channel"]) == ("decoded", f"x.{source}")
    return list(added["text"])


def test_the_manuals_frame() -> None:
    assert decoded("honeywell-raeguard3", {"divisor": 10}, [(ASK, REPLY)], "voc") == [
        "holding registers 8..9: 0000 00D1",
        "as uint32 ABCD: 209",
        "209 / 10 = 20.9 ppm",
    ]


def test_a_file_that_has_changed_since_is_no_crash() -> None:
    (said,) = decoded("honeywell-raeguard3", {"divisor": 10}, [(ASK, REPLY[:-2] + "00")], "voc")
    assert said.startswith("cannot be decoded: CRC: expected")
    (said,) = decoded("honeywell-raeguard3", {"divisor": 10}, [(ASK[:4] + "00", REPLY)], "voc")
    assert said.startswith("cannot be decoded: ")
    (said,) = decoded("honeywell-raeguard3", {"divisor": 10}, [(ASK, REPLY)], "gone")
    assert said == "cannot be decoded: the station file has no channel gone any more"
    (said,) = decoded("no-such-driver", {}, [(ASK, REPLY)], "voc")
    assert said.startswith("cannot be decoded: ")


def test_stages_without_bytes_are_left_alone() -> None:
    stages = [
        {"stage": "poll", "channel": "x.voc", "text": []},
        {"stage": "bytes", "channel": "x.voc", "text": []},
    ]
    assert with_wire(stages, {}) == stages


class Overheard(Lively):
    """Keeps each question and its answer, and what is said unasked."""

    def overhear(self) -> list[tuple[str, str]]:
        self.frames: list[tuple[str, str]] = []
        answer = self.device.answer

        def answered(sent: bytes, at_s: float) -> Any:
            found = answer(sent, at_s)
            if found is not None:
                self.frames.append((sent.hex(), found.frame.hex()))
            return found

        self.device.answer = answered
        return self.frames

    def spoken(self, request: Any, at_s: float) -> Any:
        frame = super().spoken(request, at_s)
        if frame is not None and hasattr(self, "frames"):
            self.frames.append(("", frame.hex()))
        return frame


@pytest.mark.parametrize("name", catalogue.names())
def test_every_drivers_bytes_lead_to_the_value_that_it_says(name: str) -> None:
    rig = Overheard(name).started(1.0)
    frames = rig.overhear()
    samples = rig.measure(LATE_S)
    about = catalogue.describe(name)
    settings = catalogue.sample_settings(about.settings)
    address = (about.addresses or (0, 0))[0]
    for channel, sample in samples.items():
        said = decoded(name, settings, frames, channel, address=address)
        assert not said[0].startswith("cannot be decoded"), said
        if sample.value is not None:
            value = f"{sample.value:.9g} {sample.unit}"
            assert any(line.endswith(f"= {value}") or line.startswith(f"{value}, flag") for line in said), (
                said
            )
