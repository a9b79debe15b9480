"""Dialogues of the CAI HFID. ASTZ, the refusals and the invalid value are printed on p. 155 of the 700M
HFID manual; the other answers have the form of p. 153 with numbers of ours."""

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

SOURCE = "CAI 700M HFID manual p. 153-155; numbers of ours"
SETTINGS = {"values": ["thc"], "unit": "ppm", "errors": ["current"]}
STATE, ERRORS, VALUES = "'<STX> ASTZ K0<ETX>", "'<STX> ASTF K0<ETX>", "'<STX> AKON K0<ETX>"
REMOTE = ("'<STX> SREM K0<ETX>", "'<STX>_SREM 0<ETX>")
STANDBY = "'<STX>_ASTZ 0 SREM STBY<ETX>"  # as printed


def measured(state, errors, values, flag, value, *conditions):
    talk = ((STATE, state), (VALUES, values), *([(ERRORS, errors)] if errors else []))
    return Dialogue("cai-hfid", SOURCE, talk, [("thc", value, "ppm", flag, conditions)], SETTINGS)


def acted(operation, code, answered, state, result):
    words = tuple(state[len("'<STX>_ASTZ 0 ") : -len("<ETX>")].split())
    talk = (REMOTE, (f"'<STX> {code} K0<ETX>", answered), (STATE, state))
    return Dialogue("cai-hfid", SOURCE, talk, (result, words), SETTINGS, operation=operation)


def confirmed(operation, code):
    return acted(operation, code, f"'<STX>_{code} 0<ETX>", f"'<STX>_ASTZ 0 SREM {code}<ETX>", ACCEPTED)


def clock_set(answered, told, result):
    """To 2026-11-25 08:07:03, and what the device's clock says then."""
    clock = ("'<STX> ASYZ K0<ETX>", f"'<STX>_ASYZ 0 {told}<ETX>")
    talk = (REMOTE, ("'<STX> ESYZ K0 261125 080703<ETX>", answered), clock)
    said, moment = (result, tuple(told.split())), (2026, 11, 25, 8, 7, 3)
    return Dialogue("cai-hfid", SOURCE, talk, said, SETTINGS, operation="set_time", args=(moment,))


MEASURING, NOT_ASKED = "'<STX>_ASTZ 0 SMAN SMGA<ETX>", ""  # for errors, where no answer tells of one
GOOD = "'<STX>_AKON 0 12.34 123456<ETX>"

DIALOGUES = (
    measured(MEASURING, NOT_ASKED, GOOD, "N", 12.34),
    measured(STANDBY, NOT_ASKED, GOOD, "F", 12.34, "standby"),
    measured(MEASURING, "'<STX>_ASTF 1 1<ETX>", "'<STX>_AKON 1 #9999 123456<ETX>", "D", None)._replace(
        said=[("thc", None, "ppm", "D", ("no flame", "marked as invalid"))]
    ),
    measured(
        "'<STX>_ASTZ 0 SREM SNAB<ETX>",
        "'<STX>_ASTF 0<ETX>",
        "'<STX>_AKON 0 BS<ETX>",
        "C",
        None,
        "zero calibration",
    )._replace(
        said=[
            (
                "thc",
                None,
                "ppm",
                "C",
                (
                    "zero calibration",
                    "refused with BS (busy with a running function; only SRES and STBY are taken)",
                ),
            )
        ]
    ),
    Dialogue(
        "cai-hfid",
        "CAI 700M HFID manual p. 155: a code that the device does not know",
        ((STATE, "'<STX>_???? 0<ETX>"),),
        Refused("????", "unknown code, or a faulty transfer"),
        SETTINGS,
    ),
    Dialogue(
        "cai-hfid",
        SOURCE,
        (("'<STX> AKEN K0<ETX>", "'<STX>_AKEN 0 700M HFID<ETX>"),),
        ("700M HFID",),
        SETTINGS,
        operation="identify",
    ),
    Dialogue(
        "cai-hfid",
        SOURCE,
        ((STATE, STANDBY), (ERRORS, "'<STX>_ASTF 1 1 25<ETX>")),
        ("SREM", "STBY", "F standby", "D no flame", "N high concentration warning"),
        SETTINGS,
        operation="status",
    ),
    confirmed("zero_gas", "SNGA"),
    confirmed("span_gas", "SEGA"),
    confirmed("zero", "SNAB"),
    confirmed("span", "SPAB"),
    confirmed("calibrate", "SATK"),
    confirmed("purge", "SSPL"),
    confirmed("measure_gas", "SMGA"),
    confirmed("stop", "STBY"),
    clock_set("'<STX>_ESYZ 0<ETX>", "261125 080703", ACCEPTED),
    clock_set(SILENCE, "261125 080709", SEEN),
    clock_set(SILENCE, "991231 235959", UNKNOWN),
    # No answer: the state tells whether it heard.
    acted("zero", "SNAB", SILENCE, "'<STX>_ASTZ 0 SREM SNAB<ETX>", SEEN),
    acted("zero", "SNAB", SILENCE, "'<STX>_ASTZ 0 SREM SMGA<ETX>", UNKNOWN),
    # A calibration that runs is not disturbed.
    Dialogue(
        "cai-hfid",
        SOURCE,
        (REMOTE, ("'<STX> SPAB K0<ETX>", "'<STX>_SPAB 0 BS<ETX>")),
        Refused("BS", "busy with a running function; only SRES and STBY are taken"),
        SETTINGS,
        operation="span",
    ),
    Dialogue(
        "cai-hfid",
        SOURCE,
        (("'<STX> SREM K0<ETX>", "'<STX>_SREM 0 K0 OF<ETX>"),),
        Refused("OF", "offline: the device is in manual mode; SREM first"),
        SETTINGS,
        operation="zero",
    ),
)
