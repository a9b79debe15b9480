"""Dialogues of gas analysers over AK and Bayern-Hessen. What the manuals print is said with each."""

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN
from hardware_sim.instruments.thermo_5030i import block_check
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

EMERSON = "form of Emerson AK manual 90003752 p. 1-3..1-18; numbers of ours"
SERVOMEX = "form of the SERVOPRO NOx manual p. 164-174; numbers of ours"
AK = {"values": ["co"], "unit": "ppm", "extra": 0, "errors": ["7 D flow"]}
SERINUS = {"values": ["no"], "unit": "ppb", "measuring": 0}
FORM = "form of the Gesytec protocol (Thermo 5030i manual p. 394-396); numbers of ours"
P5030I = {"values": ["tsp"], "unit": "ug/m3", "measuring": 3}


def framed(text):
    frame = b"\x02" + text.encode() + b"\x03"
    return (frame + block_check(frame)).hex()


def said(status):
    return framed(f"MD01 843 +1234+01 {status} 0440000000")


def ak(name, source, lead, operation, talk, result, address=0, args=()):  # noqa: PLR0917
    """talk: (code with its data, answer's rest); lead: the second byte of question and answer."""
    pairs = tuple(
        (
            (b"\x02" + lead[0] + (code[:4] + " K0" + code[4:]).encode() + b"\x03").hex(),
            SILENCE if rest is None else (b"\x02" + lead[1] + rest.encode() + b"\x03").hex(),
        )
        for code, rest in talk
    )
    return Dialogue(name, source, pairs, result, AK, address, operation, args)


def both(operation, talk, result, *args):
    return (
        ak("emerson-nga2000", EMERSON, (b"\x07", b"\x07"), operation, talk, result, 7, args),
        ak("servomex-servopro-nox", SERVOMEX, (b" ", b"_"), operation, talk, result, args=args),
    )


def acted(operation, code):
    talk = (("SREM", "SREM 0"), (code, f"{code} 0"), ("ASTZ", f"ASTZ 0 SREM {code}"))
    return both(operation, talk, (ACCEPTED, ("SREM", code)))


def switched(operation, control, status, result):
    state = tuple(
        f"{name} status {text}" for name, text in zip(("operation", "error"), status.split(), strict=True)
    )
    talk = ((framed(f"ST843 {control}"), SILENCE), (framed("DA843"), said(status)))
    source = "Serinus 44 manual p. 169 (the span command as printed); " + FORM
    return Dialogue("ecotech-serinus", source, talk, (result, state), SERINUS, 843, operation)


ASTZ, NONE, CO = ("ASTZ", "ASTZ 0 SREM SMGA"), ("ASTF", "ASTF 0"), ("AKON", "AKON 0 12.5")

DIALOGUES = (
    *both("measure", (ASTZ, CO), [("co", 12.5, "ppm", "N", ())]),
    *both(
        "measure",
        (ASTZ, ("AKON", "AKON 2 #12.5"), ("ASTF", "ASTF 2 7 9")),
        [("co", None, "ppm", "D", ("flow", "error 9", "marked as invalid"))],
    ),
    *both("identify", (("AKEN", "AKEN 0 NGA"),), ("NGA",)),
    *both("status", (ASTZ, NONE), ("SREM", "SMGA")),
    *acted("zero_gas", "SNGA"),
    *acted("span_gas", "SEGA"),
    *acted("zero", "SNAB"),
    *acted("span", "SPAB"),
    *acted("calibrate", "SATK"),
    *acted("purge", "SSPL"),
    *acted("measure_gas", "SMGA"),
    *acted("stop", "STBY"),
    *both(
        "set_time",
        (("SREM", "SREM 0"), ("ESYZ 261125 080703", "ESYZ 0"), ("ASYZ", "ASYZ 0 261125 080704")),
        (ACCEPTED, ("261125", "080704")),
        (2026, 11, 25, 8, 7, 3),
    ),
    *both(
        "zero",
        (("SREM", "SREM 1 K0 OF K2 NA"),),  # Emerson AK manual p. 1-13, as printed
        Refused("NA", "this channel is not available"),
    ),
    Dialogue(
        "ecotech-serinus",
        FORM,
        ((framed("DA843"), said("00 00")),),
        [("no", 12.34, "ppb", "N", ())],
        SERINUS,
        843,
    ),
    *(
        Dialogue(
            "thermo-5030i",
            "Thermo 5030i manual p. 394 (ST N: filter change); " + FORM,
            (
                (framed("ST014 N"), SILENCE),
                (framed("DA014"), framed(f"MD01 014 +2578+01 {status} 00 0440000000")),
            ),
            (result, (f"operation status {status}", "error status 00")),
            P5030I,
            14,
            "change_filter",
        )
        for status, result in (("07", SEEN), ("03", UNKNOWN))
    ),
    switched("zero", "N", "04 00", SEEN),
    switched("span", "K", "08 00", SEEN),
    switched("span", "K", "00 00", UNKNOWN),
    switched("calibrate", "S", "10 00", SEEN),
    switched("measure_gas", "M", "00 00", SEEN),
    switched("measure_gas", "M", "08 00", UNKNOWN),
    *(
        Dialogue(name, FORM, ((framed(f"DA{address:03d}"), answer),), result, settings, address, operation)
        for name, settings, address, answer in (
            ("ecotech-serinus", SERINUS, 843, said("00 20")),
            ("thermo-5030i", P5030I, 14, framed("MD01 014 +2578+01 00 20 0440000000")),
        )
        for operation, result in (
            ("identify", ("serial number 0440000000",)),
            ("status", ("operation status 00", "error status 20")),
        )
    ),
)
