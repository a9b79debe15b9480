"""Dialogues of particulate modules: captured frames, those of the makers' documents, and a few of ours."""

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

PYPMS = "avaldebe/PyPMS, captured data and commands"
NOVA = "Nova Fitness, Laser Dust Sensor Control Protocol V1.3; id FFFF and its sum are PyPMS's"
NOTHING = " 00" * 10
HPM = "Honeywell HPM Series datasheet 32322550, tables 4 and 6"
PM2012 = "questions of MSyahmiIzani/PM2012_UART; answers of ours"
PMS = {"model": "PMS7003", "mode": "sends"}
ASKED = {"mode": "asked"}
NACK = Refused("NACK", "the sensor did not carry out the command")
SPS_NAMES = ("pm1", "pm25", "pm4", "pm10")


def masses(values, flag="N", conditions=(), names=("pm1", "pm25", "pm10")):
    return [(name, value, "ug/m3", flag, conditions) for name, value in zip(names, values, strict=True)]


def nova(operation, action, value, check):
    return f"AA B4 {operation:02X} {action:02X} {value:02X}{NOTHING} FF FF {check} AB"


def sps30(flag, *conditions):
    from drivers.sensirion_sps30 import SensirionSps30  # noqa: PLC0415 - for its channels alone

    return [(name, None, unit, flag, conditions) for name, unit in SensirionSps30.channels]


def sps_act(operation, question, answer, result):
    return Dialogue("sensirion-sps30", PYPMS, ((question, answer),), result, operation=operation)


CAPTURED = "42 4D 00 1C 00 00 00 07 00 07 00 00 00 07 00 07 00 BD 00 3F 00 2A 00 1B 00 00 00 00 97 00 02 9F"

DIALOGUES = (
    Dialogue(
        "plantower-pms",
        PYPMS,
        (
            (
                "'",
                "42 4D 00 1C 00 00 00 08 00 08 00 00 00 08 00 08 00 D2 00 46 00 2D 00 1E 00 00 00 00 97 00 "
                "02 C5",
            ),
        ),
        masses((0.0, 8.0, 8.0)),
        PMS,
    ),
    Dialogue("plantower-pms", PYPMS, (("'", CAPTURED),), masses((0.0, 7.0, 7.0)), PMS),
    Dialogue(
        "plantower-pms",
        PYPMS,
        (("42 4D E2 00 00 01 71", CAPTURED),),
        masses((0.0, 7.0, 7.0)),
        {"model": "PMS5003", "mode": "asked"},
    ),
    Dialogue(
        "plantower-pms",
        PYPMS + " (warming up)",
        (("'", "42 4D 00 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 51 00 F4"),),
        masses((0.0, 0.0, 0.0), "F", ("warming up",)),
        {"model": "PMS3003", "mode": "sends"},
    ),
    Dialogue(
        "plantower-pms", PYPMS, (("42 4D E4 00 01 01 74", CAPTURED),), (ACCEPTED, ("woken",)), PMS, 0, "start"
    ),
    Dialogue("plantower-pms", PYPMS, (("42 4D E4 00 01 01 74", SILENCE),), (UNKNOWN, ()), PMS, 0, "start"),
    Dialogue(
        "plantower-pms",
        "public PMS7003 drivers that print the acknowledgements",
        (("42 4D E4 00 00 01 73", "42 4D 00 04 E4 00 01 77"),),
        (ACCEPTED, ("asleep",)),
        PMS,
        0,
        "stop",
    ),
    Dialogue(
        "nova-sds011",
        NOVA,
        ((nova(4, 0, 0, "02"), "AA C0 D4 04 3A 0A A1 60 1D AB"),),
        masses((123.6, 261.8), names=("pm25", "pm10")),
        ASKED,
    ),
    Dialogue(
        "nova-sds011",
        PYPMS,
        (("'", "AA C0 06 00 06 00 58 D9 3D AB"),),
        masses((0.6, 0.6), names=("pm25", "pm10")),
        {"mode": "sends"},
    ),
    Dialogue(
        "nova-sds011",
        NOVA,
        ((nova(7, 0, 0, "05"), "AA C5 07 0F 07 0A A1 60 28 AB"),),
        ("firmware of 2015-07-10",),
        ASKED,
        0,
        "identify",
    ),
    Dialogue(
        "nova-sds011",
        NOVA,
        (
            (nova(6, 0, 0, "04"), "AA C5 06 00 01 00 A1 60 08 AB"),
            (nova(8, 0, 0, "06"), "AA C5 08 00 02 00 A1 60 0B AB"),
        ),
        ("works", "period 2 min"),
        ASKED,
        0,
        "status",
    ),
    Dialogue(
        "nova-sds011",
        NOVA,
        ((nova(6, 1, 1, "06"), "AA C5 06 01 01 00 A1 60 09 AB"),),
        (ACCEPTED, ("works",)),
        ASKED,
        0,
        "start",
    ),
    Dialogue("nova-sds011", NOVA, ((nova(6, 1, 0, "05"), SILENCE),), (UNKNOWN, ()), ASKED, 0, "stop"),
    Dialogue(
        "sensirion-sps30",
        PYPMS,
        (("7E 00 03 00 FC 7E", "7E 00 03 00 00 FC 7E"),),
        sps30("D", "nothing new was measured"),
    ),
    Dialogue(
        "sensirion-sps30",
        "as PyPMS prints the refusal of another command",
        (("7E 00 03 00 FC 7E", "7E 00 03 43 00 B9 7E"),),
        sps30("F", "not measuring"),
    ),
    sps_act("start", "7E 00 00 02 01 03 F9 7E", "7E 00 00 00 00 FF 7E", (ACCEPTED, ("measuring",))),
    sps_act(
        "start",
        "7E 00 00 02 01 03 F9 7E",
        "7E 00 00 43 00 BC 7E",
        Refused(0x43, "not allowed in the present state (is the measurement running, or stopped?)"),
    ),
    sps_act("stop", "7E 00 01 00 FE 7E", "7E 00 01 00 00 FE 7E", (ACCEPTED, ("not measuring",))),
    sps_act("purge", "7E 00 56 00 A9 7E", "7E 00 56 00 00 A9 7E", (ACCEPTED, ("measuring",))),
    Dialogue(
        "sensirion-sps30",
        PYPMS,
        (("7E 00 56 00 A9 7E", SILENCE), ("7E 00 03 00 FC 7E", "7E 00 03 00 00 FC 7E")),
        (UNKNOWN, ("measuring",)),
        operation="purge",
    ),
    Dialogue(
        "honeywell-hpma115",
        HPM,
        (("68 01 04 93", "40 05 04 00 30 00 31 56"),),
        masses((48.0, 49.0), names=("pm25", "pm10")),
        {"model": "S0"},
    ),
    Dialogue(
        "honeywell-hpma115",
        HPM,
        (("68 01 04 93", "40 0D 04 00 30 00 31 00 32 00 33 00 00 00 00 E9"),),
        masses((48.0, 49.0, 50.0, 51.0), names=SPS_NAMES),
        {"model": "C0"},
    ),
    Dialogue("honeywell-hpma115", HPM, (("68 01 04 93", "96 96"),), NACK, {"model": "S0"}),
    Dialogue(
        "honeywell-hpma115",
        HPM,
        (("68 01 01 96", "A5 A5"),),
        (ACCEPTED, ("measuring",)),
        {"model": "S0"},
        0,
        "start",
    ),
    Dialogue("honeywell-hpma115", HPM, (("68 01 02 95", "96 96"),), NACK, {"model": "S0"}, 0, "stop"),
    Dialogue(
        "winsen-zh03",
        "question of avaldebe/PyPMS; answer of ours",
        (("FF 01 86 00 00 00 00 00 79", "FF 86 00 0C 00 14 00 08 52"),),
        masses((8.0, 12.0, 20.0)),
        ASKED,
    ),
    Dialogue(
        "winsen-zh03",
        "question of avaldebe/PyPMS; answer of ours",
        (("FF 01 86 00 00 00 00 00 79", "FF 86 00 08 00 14 00 0C 52"),),
        masses((12.0, 8.0, 20.0), "D", ("PM1 above PM2.5: another order of values",)),
        ASKED,
    ),
    Dialogue(
        "winsen-zh03",
        "question of avaldebe/PyPMS; answer of ours",
        (("FF 01 A7 00 00 00 00 00 58", "FF A7 01 00 00 00 00 00 58"),),
        (ACCEPTED, ("woken",)),
        ASKED,
        0,
        "start",
    ),
    Dialogue(
        "winsen-zh03",
        "question of avaldebe/PyPMS; answer of ours",
        (("FF 01 A7 01 00 00 00 00 57", "FF A7 00 00 00 00 00 00 59"),),
        Refused(0, "the sensor did not carry out the command"),
        ASKED,
        0,
        "stop",
    ),
    *(
        Dialogue(
            "cubic-pm2012",
            PM2012,
            (
                (
                    "11 02 0B 07 DB",
                    "16 35 0B 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 05 00 00 00 06"
                    + " 00" * 28
                    + " 95",
                ),
            ),
            masses(values),
            {"calibration": calibration},
        )
        for calibration, values in (("grimm", (1.0, 2.0, 3.0)), ("tsi", (4.0, 5.0, 6.0)))
    ),
    Dialogue(
        "cubic-pm2012",
        PM2012,
        (
            ("11 01 1E D0", "16 0E 1E 50 4D 32 30 31 32 20 56 31 2E 30 20 20 17"),
            ("11 01 1F CF", "16 0B 1F 00 01 02 03 04 05 06 07 08 09 93"),
        ),
        ("version PM2012 V1.0  ", "serial number 00010203040506070809"),
        {"calibration": "grimm"},
        0,
        "identify",
    ),
    Dialogue(
        "cubic-pm1006k",
        "question of ananyevgv/esphome-components, answer of arendst/Tasmota (sample data)",
        (("11 02 0B 01 E1", "16 11 0B 00 00 00 0C 00 00 03 CB 00 00 00 0C 01 00 00 00 E7"),),
        [("pm25", 12.0, "ug/m3", "N", ())],
    ),
    Dialogue(
        "gill-windsonic",
        "Gill WindSonic manual 1405-PS-0019 p. 28",
        (("'", "'<STX>Q,229,002.74,M,00,<ETX>16<CR><LF>"),),
        [("wind_speed", 2.74, "m/s", "N", ()), ("wind_direction", 229.0, "deg", "N", ())],
        {"unit": "Q", "mode": "sends"},
    ),
    Dialogue(
        "gill-windsonic",
        "Gill WindSonic manual 1405-PS-0019 p. 28, 31",
        (("'?Q", "'<STX>Q,229,002.74,M,00,<ETX>16<CR><LF>"),),
        [("wind_speed", 2.74, "m/s", "N", ()), ("wind_direction", 229.0, "deg", "N", ())],
        {"unit": "Q", "mode": "asked"},
    ),
)
