"""Every command of every register map, in frames of ours at the registers of the sources; the CRC is on them.

A frame alone is a write, which the instrument echoes; `question > answer` is a look at its state. What it
then shows stands behind `=`. A frame may go on in the next line, deeper in.
"""

from collections.abc import Iterator

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, SEEN, Outcome
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

ADDRESS = 5
SETTINGS = {
    "msa-ultima-x": {"base": 40000, "unit": "ppm"},
    "msa-ultima-x3": {"base": 40000, "unit1": "ppm", "unit2": "ppm", "unit3": "ppm"},
    "thermo-42i": {"base": 0, "order": "ABCD", "unit": "ppb"},
    "thermo-48i": {"base": 0, "order": "ABCD", "unit": "ppb"},
    "thermo-49i": {"base": 0, "order": "ABCD", "unit": "ppb"},
}
FRAMES = """
hnag1000-4-g
  zero 1: 05 06 00 00 00 01 49 8E
  span 1: 05 06 00 01 00 01 18 4E
jxbs-optical-rain
  reset_rain: 05 06 01 05 00 00 99 B3
renke-fsxcs
  reset_rain: 05 06 60 02 00 5A B7 B5
vaisala-wxt530
  reset_rain: 05 06 00 07 32 47 6C DD
msa-ultima-x
  zero: 05 06 9D 6D 00 40 37 CF; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 02 C8 45 = calibrating
  calibrate: 05 06 9D 6D 00 08 37 F9; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 02 C8 45 = calibrating
msa-ultima-x3
  zero1: 05 06 9D 6D 00 40 37 CF; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 02 C8 45 = calibrating
  zero2: 05 06 9D 6D 00 80 37 9F; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 04 48 47 = calibrating
  zero3: 05 06 9D 6D 01 00 37 AF; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 08 48 42 = calibrating
  calibrate1: 05 06 9D 6D 00 08 37 F9; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 02 C8 45 = calibrating
  calibrate2: 05 06 9D 6D 00 10 37 F3; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 04 48 47 = calibrating
  calibrate3: 05 06 9D 6D 00 20 37 E7; 05 03 9D 09 00 01 7A 20 > 05 03 02 00 08 48 42 = calibrating
net-safety-millennium-ii
  calibrate 1: 05 06 00 5B 00 01 38 5D
net-safety-millennium-ii-dual
  calibrate 1: 05 06 00 5B 00 01 38 5D
teledyne-t100
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 10 00 01 B9 8B > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 11 00 01 E8 4B > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 10 00 01 B9 8B > 05 02 01 00 A0 B8;
    05 02 00 11 00 01 E8 4B > 05 02 01 00 A0 B8
teledyne-t101
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 10 00 01 B9 8B > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 11 00 01 E8 4B > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 10 00 01 B9 8B > 05 02 01 00 A0 B8;
    05 02 00 11 00 01 E8 4B > 05 02 01 00 A0 B8
teledyne-t102
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 10 00 01 B9 8B > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 11 00 01 E8 4B > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 10 00 01 B9 8B > 05 02 01 00 A0 B8;
    05 02 00 11 00 01 E8 4B > 05 02 01 00 A0 B8
teledyne-t200u
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 12 00 01 18 4B > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 13 00 01 49 8B > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 12 00 01 18 4B > 05 02 01 00 A0 B8;
    05 02 00 13 00 01 49 8B > 05 02 01 00 A0 B8
teledyne-t201
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 13 00 01 49 8B > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 14 00 01 F8 4A > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 13 00 01 49 8B > 05 02 01 00 A0 B8;
    05 02 00 14 00 01 F8 4A > 05 02 01 00 A0 B8
teledyne-t300
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 0F 00 01 88 4D > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 15 FF 00 9C 7A; 05 02 00 10 00 01 B9 8B > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 15 00 00 DD 8A; 05 02 00 0F 00 01 88 4D > 05 02 01 00 A0 B8;
    05 02 00 10 00 01 B9 8B > 05 02 01 00 A0 B8
teledyne-t400
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 14 00 01 F8 4A > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 16 FF 00 6C 7A; 05 02 00 16 00 01 59 8A > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 16 00 00 2D 8A; 05 02 00 14 00 01 F8 4A > 05 02 01 00 A0 B8;
    05 02 00 16 00 01 59 8A > 05 02 01 00 A0 B8
teledyne-t500u
  zero: 05 05 00 14 FF 00 CD BA; 05 02 00 14 00 01 F8 4A > 05 02 01 01 61 78 = zero calibration
  span: 05 05 00 16 FF 00 6C 7A; 05 02 00 16 00 01 59 8A > 05 02 01 01 61 78 = span calibration
  measure_gas: 05 05 00 14 00 00 8C 4A; 05 05 00 16 00 00 2D 8A; 05 02 00 14 00 01 F8 4A > 05 02 01 00 A0 B8;
    05 02 00 16 00 01 59 8A > 05 02 01 00 A0 B8
thermo-42i
  zero_gas: 05 05 00 66 00 00 2C 51; 05 05 00 65 FF 00 9D A1;
    05 02 00 05 00 01 A8 4F > 05 02 01 01 61 78 = zero mode
  span_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 FF 00 6D A1;
    05 02 00 06 00 01 58 4F > 05 02 01 01 61 78 = span mode
  measure_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 00 00 2C 51; 05 02 00 05 00 01 A8 4F > 05 02 01 00 A0 B8;
    05 02 00 06 00 01 58 4F > 05 02 01 00 A0 B8
  zero: 05 05 00 6B FF 00 FC 62; 05 05 00 6B 00 00 BD 92
  span: 05 05 00 6C FF 00 4D A3; 05 05 00 6C 00 00 0C 53
thermo-43i
  zero_gas: 05 05 00 66 00 00 2C 51; 05 05 00 65 FF 00 9D A1;
    05 02 00 04 00 01 F9 8F > 05 02 01 01 61 78 = zero mode
  span_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 FF 00 6D A1;
    05 02 00 05 00 01 A8 4F > 05 02 01 01 61 78 = span mode
  measure_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 00 00 2C 51; 05 02 00 04 00 01 F9 8F > 05 02 01 00 A0 B8;
    05 02 00 05 00 01 A8 4F > 05 02 01 00 A0 B8
  zero: 05 05 00 69 FF 00 5D A2; 05 05 00 69 00 00 1C 52
  span: 05 05 00 6A FF 00 AD A2; 05 05 00 6A 00 00 EC 52
thermo-48i
  zero_gas: 05 05 00 66 00 00 2C 51; 05 05 00 65 FF 00 9D A1;
    05 02 00 05 00 01 A8 4F > 05 02 01 01 61 78 = zero mode
  span_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 FF 00 6D A1;
    05 02 00 06 00 01 58 4F > 05 02 01 01 61 78 = span mode
  measure_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 00 00 2C 51; 05 02 00 05 00 01 A8 4F > 05 02 01 00 A0 B8;
    05 02 00 06 00 01 58 4F > 05 02 01 00 A0 B8
  zero: 05 05 00 69 FF 00 5D A2; 05 05 00 69 00 00 1C 52
  span: 05 05 00 6A FF 00 AD A2; 05 05 00 6A 00 00 EC 52
thermo-49i
  zero_gas: 05 05 00 66 00 00 2C 51; 05 05 00 65 FF 00 9D A1;
    05 02 00 04 00 01 F9 8F > 05 02 01 01 61 78 = zero mode
  span_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 FF 00 6D A1;
    05 02 00 05 00 01 A8 4F > 05 02 01 01 61 78 = span mode
  measure_gas: 05 05 00 65 00 00 DC 51; 05 05 00 66 00 00 2C 51; 05 02 00 04 00 01 F9 8F > 05 02 01 00 A0 B8;
    05 02 00 05 00 01 A8 4F > 05 02 01 00 A0 B8
  zero: 05 05 00 6C FF 00 4D A3; 05 05 00 6C 00 00 0C 53
  span: 05 05 00 6D FF 00 1C 63; 05 05 00 6D 00 00 5D 93
"""


def steps(text: str) -> Iterator[tuple[str, str]]:
    for step in text.split("; "):
        asked, _, answered = step.partition(" > ")
        yield asked, answered or asked


def listed() -> Iterator[Dialogue]:
    driver = ""
    for line in FRAMES.replace(";\n    ", "; ").strip().splitlines():
        if not line.startswith(" "):
            driver = line
            continue
        command, _, rest = line.strip().partition(": ")
        talk, _, shown = rest.partition(" = ")
        name, _, value = command.partition(" ")
        told = (name, int(value)) if value else (name,)
        yield command_of(driver, told, tuple(steps(talk)), Outcome(ACCEPTED, (shown,) if shown else ()))


def command_of(
    driver: str, told: tuple[str | int, ...], talk: tuple[tuple[str, str | None], ...], said: object
) -> Dialogue:
    source = "frames of ours at the registers of the profile's sources"
    return Dialogue(driver, source, talk, said, SETTINGS.get(driver), ADDRESS, "command", told)


DIALOGUES = (
    *listed(),
    command_of(  # 2026-11-25 08:07:03, in six registers
        "envea-cairsens-pm",
        ("set_time", (2026, 11, 25, 8, 7, 3)),
        (
            (
                "05 10 00 28 00 06 0C 07 EA 00 0B 00 19 00 08 00 07 00 03 8D D9",
                "05 10 00 28 00 06 C1 87",
            ),
        ),
        Outcome(ACCEPTED, ()),
    ),
    command_of(  # while another calibration runs
        "msa-ultima-x",
        ("zero",),
        (("05 06 9D 6D 00 40 37 CF", "05 86 04 02 62"),),
        Refused(4, "server device failure"),
    ),
    command_of(  # nothing came back, and the analyser is in zero mode all the same
        "thermo-48i",
        ("zero_gas",),
        (
            ("05 05 00 66 00 00 2C 51", "05 05 00 66 00 00 2C 51"),
            ("05 05 00 65 FF 00 9D A1", SILENCE),
            ("05 02 00 05 00 01 A8 4F", "05 02 01 01 61 78"),
        ),
        Outcome(SEEN, ("zero mode",)),
    ),
)
