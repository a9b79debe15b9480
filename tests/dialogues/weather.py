"""Dialogues of weather stations that speak text: Vaisala WXT, Gill MaxiMet over SDI-12."""

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

WXT510 = "Vaisala WXT510 user guide p. 65-66: questions and answers as printed"
WXT530 = "Vaisala WXT530 user guide M211840EN p. 74 (D edition), as printed"
RESET = "Vaisala WXT510 user guide p. 57, WXT520 user guide M210906EN p. 69, as printed"
MAXIMET = "Gill MaxiMet manual 1957-PS-021 p. 74: as printed, but for the CRC of the air's first block (AiL)"
UNITS = {"speed_unit": "m/s", "temperature_unit": "degC", "pressure_unit": "hPa", "rain_unit": "mm"}
VALUES = ["Sn", "Sm", "Ta", "Ua", "Pa", "Rc", "Ri", "Vs", "Th"]
ONE = {"values": ["Ta"], "messages": "single"}

NMEA = "Vaisala WXT530 user guide M211840EN, MWV: the sentence as printed"
OURS = "form of the WMT700 user guide M211095EN p. 146, 149; numbers of ours"
WMT700 = "question of the WMT700 user guide, table of checksums; its layout of the answer, numbers of ours"
ASKED = {"unit": "m/s", "mode": "asked", "id": "A"}
RELATIVE = {"unit": "m/s", "talker": "WI", "reference": "R"}


def wind(speed, direction, *conditions, flag="N"):
    return [
        ("wind_speed", speed, "m/s", flag, conditions),
        ("wind_direction", direction, "deg", flag, conditions),
    ]


DIALOGUES = (
    Dialogue(
        "vaisala-wxt-ascii",
        WXT510,
        (
            ("'0r1Goe<CR><LF>", "'0r1,Sn=0.1M,Sm=0.1M,Sx=0.1MGOG<CR><LF>"),
            ("'0r2Gje<CR><LF>", "'0r2,Ta=22.7C,Ua=55.5P,Pa=1004.7H@Fn<CR><LF>"),
            ("'0r3Kid<CR><LF>", "'0r3,Rc=0.00M,Rd=0s,Ri=0.0MIlm<CR><LF>"),
            ("'0r5Kcd<CR><LF>", "'0r5,Th=25.0C,Vh=10.6#,Vs=10.8V,Vr=3.369VO]T<CR><LF>"),
        ),
        [
            ("wind_speed_min", 0.1, "m/s", "N", ()),
            ("wind_speed", 0.1, "m/s", "N", ()),
            ("temperature", 22.7, "degC", "N", ()),
            ("humidity", 55.5, "%", "N", ()),
            ("pressure", 1004.7, "hPa", "N", ()),
            ("rain", 0.0, "mm", "N", ()),
            ("rain_intensity", 0.0, "mm/h", "N", ()),
            ("supply_voltage", 10.8, "V", "N", ()),
            ("heating_temperature", 25.0, "degC", "N", ()),
        ],
        {"values": VALUES, "messages": "single"},
    ),
    Dialogue(
        "vaisala-wxt-ascii",
        WXT530,
        (("'0XU<CR><LF>", "'0XU,A=0,M=P,T=0,C=2,I=0,B=19200,D=8,P=N,S=1,L=25,N=WXT530,V=1.00<CR><LF>"),),
        ("name WXT530", "version 1.00"),
        ONE,
        0,
        "identify",
    ),
    Dialogue(
        "vaisala-wxt-ascii",
        RESET,
        (("'0XZRU<CR><LF>", "'0TX,Rain reset<CR><LF>"),),
        (ACCEPTED, ()),
        ONE,
        0,
        "reset_rain",
    ),
    Dialogue(
        "vaisala-wxt-ascii",
        RESET,
        (("'0XZRU<CR><LF>", SILENCE),),
        (UNKNOWN, ()),
        ONE,
        0,
        "reset_rain",
    ),
    Dialogue(
        "vaisala-wxt-ascii",
        "Vaisala WXT530 user guide M211840EN, error messages; the question is ours",
        (("'0XZRU<CR><LF>", "'0TX,Unknown cmd error<CR><LF>"),),
        Refused("text", "Unknown cmd error"),
        ONE,
        0,
        "reset_rain",
    ),
    Dialogue(
        "gill-maximet-sdi12",
        MAXIMET,
        (
            ("'0MC!", "'00035<CR><LF>"),
            ("'0D0!", "'0+192+000.07+267+999.9+0000DQ^<CR><LF>"),
            ("'0MC1!", "'00029<CR><LF>"),
            ("'0D0!", "'0+023.3+035+007.2+1015.1+0000+999Op|<CR><LF>"),
            ("'0D1!", "'0+999+1.2+013.1A\\W<CR><LF>"),
            ("'0MC2!", "'00033<CR><LF>"),
            ("'0D0!", "'0+168+000.02+0000GbT<CR><LF>"),
        ),
        [
            ("corrected_direction", 267.0, "deg", "N", ()),
            ("corrected_speed", None, "m/s", "D", ("not available",)),
            ("temperature", 23.3, "degC", "N", ()),
            ("humidity", 35.0, "%", "N", ()),
            ("dew_point", 7.2, "degC", "N", ()),
            ("pressure", 1015.1, "hPa", "N", ()),
            ("wind_direction", 168.0, "deg", "N", ()),
            ("wind_speed", 0.02, "m/s", "N", ()),
        ],
        {"measurements": ["corrected wind", "air", "wind"], **UNITS},
    ),
    Dialogue(
        "gill-maximet-sdi12",
        "Gill MaxiMet manual 1957-PS-000x p. 45: the identification as printed, its two parts joined",
        (("'0I!", "'013GillInst00014490002<CR><LF>"),),
        ("SDI-12 1.3", "GillInst", "serial number 00014490002"),
        {"measurements": ["wind"], **UNITS},
        0,
        "identify",
    ),
    Dialogue("nmea-wind", NMEA, (("'", "'$WIMWV,282,R,0.1,M,A*37<CR><LF>"),), wind(0.1, 282.0), RELATIVE),
    Dialogue(
        "nmea-wind",
        OURS,
        (("'", "'$WIMWV,120,T,2.1,M,A*38<CR><LF>"), ("'", "'$WIMWV,282,R,0.1,M,A*37<CR><LF>")),
        wind(0.1, 282.0),
        RELATIVE,
    ),
    Dialogue(
        "nmea-wind",
        OURS,
        (("'", "'$WIMWV,999,R,999.9,M,V*20<CR><LF>"),),
        wind(None, None, "invalid data", flag="D"),
        RELATIVE,
    ),
    Dialogue(
        "nmea-wind",
        OURS,
        (("'", "'$WIMWV,120,R,9.22,N,A*07<CR><LF>"),),
        [
            ("wind_speed", None, "m/s", "D", ("the instrument says kn",)),
            ("wind_direction", 120.0, "deg", "N", ()),
        ],
        RELATIVE,
    ),
    Dialogue(
        "nmea-wind",
        OURS,
        (("'", "'$WIMWV,,R,2.1,M,A*0D<CR><LF>"),),
        [("wind_speed", 2.1, "m/s", "N", ()), ("wind_direction", None, "deg", "D", ("not available",))],
        RELATIVE,
    ),
    Dialogue(
        "vaisala-wmt700",
        WMT700,
        (("'$WIPAQ,*72<CR><LF>", "'$PAMWV,213,R,12.6,M,A*04<CR><LF>"),),
        wind(12.6, 213.0),
        ASKED,
    ),
    Dialogue(
        "vaisala-wmt700",
        WMT700,
        (("'$WIPOQ,*7C<CR><LF>", "'$POMWV,,R,,M,V*36<CR><LF>"),),
        wind(None, None, "invalid data", flag="D"),
        {**ASKED, "id": "O"},
    ),
    Dialogue(
        "vaisala-wmt700",
        NMEA,
        (("'", "'$WIMWV,282,R,0.1,M,A*37<CR><LF>"),),
        wind(0.1, 282.0),
        {**ASKED, "mode": "sends"},
    ),
)
