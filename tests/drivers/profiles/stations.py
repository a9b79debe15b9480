"""Worked examples of the micro-stations, weather stations and other modules that are profiles."""

from pymodbus.client.mixin import ModbusClientMixin

from tests.drivers.profiles.memory import Case, State, f32, i16

__all__ = ["CASES", "LITERAL", "STATES"]


def i32(register: int, *values: int, order: str = "ABCD") -> dict[int, int]:
    """Whole numbers of two registers, one behind the other."""
    found: dict[int, int] = {}
    for at, value in enumerate(values):
        words = ModbusClientMixin.convert_to_registers(
            value, ModbusClientMixin.DATATYPE.INT32, word_order="little" if order == "CDAB" else "big"
        )
        found |= {register + 2 * at: words[0], register + 2 * at + 1: words[1]}
    return found


def _sensecap(model: str, co2: dict[str, tuple[float, str]]) -> Case:
    """Registers up to 0x1F one after the other, PM and CO2 apart; all in thousandths."""
    weather = i32(
        0, -5250, 45600, 101325000, 12500000, 1000, 2000, 270500, 3000, 4000, 4750, 1200, 20000, 7200, 72000
    )
    said = {
        "temperature": (-5.25, "degC"),
        "humidity": (45.6, "%"),
        "pressure": (101325.0, "Pa"),
        "light": (12500.0, "lx"),
        "wind_direction": (270.5, "deg"),
        "wind_speed": (4.75, "m/s"),
        "rain": (1.2, "mm"),
        "rain_intensity": (7.2, "mm/h"),
        "pm25": (31.25, "ug/m3"),
        "pm10": (57.5, "ug/m3"),
        **co2,
    }
    apart = i32(0x30, 31250, 57500) | i32(0x40, 415500)
    asked = ((4, 0, 26), (4, 0x30, 4), (4, 0x40, 2))[: 2 + len(co2)]
    return Case(f"seeed-sensecap-one-{model}", {}, {"input": weather | apart}, said, asked)


def _jxbs(gas: str, raw: int, value: float, unit: str) -> Case:
    return Case(
        f"jxbs-3001-{gas}",
        {},
        {"holding": i16(0, 658, -101) | i16(6, raw)},
        {"humidity": (65.8, "%"), "temperature": (-10.1, "degC"), gas: (value, unit)},
        ((3, 0, 2), (3, 6, 1)),
    )


CASES = (
    Case(
        "dfrobot-sen0657",
        {"pressure_divisor": 10},
        {"holding": i16(500, 23, 2, 3, 135, 604, -55, 482, 31, 57, 1013)},
        {
            "wind_speed": (2.3, "m/s"),
            "wind_direction": (135.0, "deg"),
            "humidity": (60.4, "%"),
            "temperature": (-5.5, "degC"),
            "noise": (48.2, "dB"),
            "pm25": (31.0, "ug/m3"),
            "pm10": (57.0, "ug/m3"),
            "pressure": (101.3, "kPa"),
        },
        ((3, 500, 10),),
    ),
    _jxbs("tvoc", 125, 125.0, "ppb"),
    _jxbs("nh3", 125, 12.5, "ppm"),
    _jxbs("co", 125, 12.5, "ppm"),
    _jxbs("o3", 125, 1.25, "ppm"),
    Case(
        "envea-cairsens-pm",
        {"order": "CDAB"},
        {"holding": f32(80, 40.5, 20.25, -3.5, 71.5, 10.75, order="CDAB")},
        {
            "pm10": (40.5, "ug/m3"),
            "pm25": (20.25, "ug/m3"),
            "temperature": (-3.5, "degC"),
            "humidity": (71.5, "%"),
            "pm1": (10.75, "ug/m3"),
        },
        ((3, 80, 10),),
    ),
    Case(
        "ss-aerasgard-rftm",
        {"dust": "pm10"},
        {"input": i16(0, 612, 610, 250, 251, -35, -34, 473, 474) | i16(11, 380, 390, 27, 28)},
        {
            "co2": (612.0, "ppm"),
            "temperature": (-3.5, "degC"),
            "humidity": (47.3, "%"),
            "voc": (380.0, "ppb"),
            "pm10": (27.0, "ug/m3"),
        },
        ((4, 0, 7), (4, 11, 3)),
    ),
    Case(
        "xunchip-xm8589",
        {"divisor": 10},
        {"holding": i16(0, 121)},
        {"wind_speed": (12.1, "m/s")},
        ((3, 0, 1),),
    ),
    Case(
        "vaisala-wxt530",
        {},
        {"input": i16(0x0A, *range(26)) | {0x0A: 456, 0x0E: 10132, 0x12: 2705, 0x1F: 0xFFCE, 0x23: 0xFF9C}},
        {
            "humidity": (45.6, "%"),
            "pressure": (1013.2, "hPa"),
            "wind_direction": (270.5, "deg"),
            "temperature": (-5.0, "degC"),
            "dew_point": (-10.0, "degC"),
        },
        ((4, 0x0A, 9), (4, 0x1F, 5)),
    ),
    Case(
        "lambrecht-usonic",
        {},
        {
            "input": i16(0, 47)
            | i16(200, 2705)
            | i16(400, -52)
            | i16(600, 456)
            | i16(700, -103)
            | i16(800, 10132)
        },
        {
            "wind_speed": (4.7, "m/s"),
            "wind_direction": (270.5, "deg"),
            "temperature": (-5.2, "degC"),
            "humidity": (45.6, "%"),
            "dew_point": (-10.3, "degC"),
            "pressure": (1013.2, "hPa"),
        },
        tuple((4, register, 1) for register in (0, 200, 400, 600, 700, 800)),
    ),
    Case(
        "thies-wsc11",
        {"order": "CDAB"},
        {
            "input": i32(0, 47, 35, order="CDAB")
            | i32(200, 2705, order="CDAB")
            | i32(400, -52, order="CDAB")
            | i32(600, 456, order="CDAB")
            | i32(800, 101325, order="CDAB")
        },
        {
            "wind_speed": (4.7, "m/s"),
            "wind_mean": (3.5, "m/s"),
            "wind_direction": (270.5, "deg"),
            "temperature": (-5.2, "degC"),
            "humidity": (45.6, "%"),
            "pressure": (1013.25, "hPa"),
        },
        ((4, 0, 4), *[(4, register, 2) for register in (200, 400, 600, 800)]),
    ),
    Case(
        "elsner-p03",
        {},
        {"input": i16(0, -52, 31, 42, 53, 640, 47)},
        {
            "temperature": (-5.2, "degC"),
            "sun_1": (31.0, "klx"),
            "sun_2": (42.0, "klx"),
            "sun_3": (53.0, "klx"),
            "twilight": (640.0, "lx"),
            "wind_speed": (4.7, "m/s"),
        },
        ((4, 0, 6),),
    ),
    Case(
        "seeed-sensecap-one",
        {},
        {"input": i32(0, -5250, 45600, 101325000, 12500000, 1000, 2000, 270500, 3000, 4000, 4750)},
        {
            "temperature": (-5.25, "degC"),
            "humidity": (45.6, "%"),
            "pressure": (101325.0, "Pa"),
            "light": (12500.0, "lx"),
            "wind_direction": (270.5, "deg"),
            "wind_speed": (4.75, "m/s"),
        },
        ((4, 0, 20),),
    ),
    _sensecap("s900", {}),
    _sensecap("s1000", {"co2": (415.5, "ppm")}),
    Case("jxbs-optical-rain", {}, {"holding": {3: 47}}, {"rain": (4.7, "mm")}, ((3, 3, 1),)),
    Case("jxbs-wind-direction", {}, {"holding": {0: 270}}, {"wind_direction": (270.0, "deg")}, ((3, 0, 1),)),
    Case(
        "renke-rs-ws-n01",
        {},
        {"holding": i16(0, 658, -101)},
        {"humidity": (65.8, "%"), "temperature": (-10.1, "degC")},
        ((3, 0, 2),),
    ),
    Case(
        "sensorbee-modbus",
        {"order": "CDAB"},
        {
            "input": f32(0xA0, 415.5, order="CDAB")
            | f32(0xC0, 21.5, order="CDAB")
            | f32(0xE0, 0.25, order="CDAB")
            | f32(0x100, 63.5, order="CDAB")
        },
        {"co2": (415.5, "ppm"), "no2": (21.5, "ug/m3"), "co": (0.25, "mg/m3"), "o3": (63.5, "ug/m3")},
        tuple((4, register, 2) for register in (0xA0, 0xC0, 0xE0, 0x100)),
    ),
    Case(
        "campbell-metsens300",
        {"order": "ABCD"},
        {"holding": f32(0, 1013.25, 45.5, -5.25, -14.5)},
        {
            "pressure": (1013.25, "hPa"),
            "humidity": (45.5, "%"),
            "temperature": (-5.25, "degC"),
            "dew_point": (-14.5, "degC"),
        },
        ((3, 0, 8),),
    ),
    Case(
        "campbell-metsens200",
        {"order": "ABCD", "speed_unit": "m/s"},
        {"holding": f32(0, 270.5, 4.75, 1.0, 12.0, 268.0, 4.5, 265.0, 7.25)},
        {
            "wind_direction": (270.5, "deg"),
            "wind_speed": (4.75, "m/s"),
            "mean_wind_direction": (268.0, "deg"),
            "mean_wind_speed": (4.5, "m/s"),
            "gust_direction": (265.0, "deg"),
            "gust_speed": (7.25, "m/s"),
        },
        ((3, 0, 16),),
    ),
    Case(
        "raintech-ry-fsx485",
        {"direction_unit": "deg"},
        {"input": i16(1, 47, 270)},
        {"wind_speed": (4.7, "m/s"), "wind_direction": (270.0, "deg")},
        ((4, 1, 2),),
    ),
    Case("dfrobot-sen0482", {}, {"holding": i16(0, 2705)}, {"wind_direction": (270.5, "deg")}, ((3, 0, 1),)),
    Case("dfrobot-sen0483", {}, {"holding": i16(0, 47)}, {"wind_speed": (4.7, "m/s")}, ((3, 0, 1),)),
    Case("adtek-wsa", {}, {"holding": i16(0, 47)}, {"wind_speed": (4.7, "m/s")}, ((3, 0, 1),)),
    Case(
        "moxa-iologik-e1240",
        {"unit": "mA"},
        {"input": f32(8, 4.0, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 20.0, order="CDAB")},
        {f"ai{at}": (value, "mA") for at, value in enumerate((4.0, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 20.0))},
        ((4, 8, 16),),
    ),
    Case(
        "coking-plant-plc",
        {"pressure_unit": "kPa"},
        {
            "holding": f32(0, 2.0)
            | i16(2, 2021, 10, 9, 23, 37, 24, 2021, 10, 9, 22, 29, 48)
            | f32(14, *[at + 0.5 for at in range(14, 40, 2)])
            | i16(40, 2021, 10, 10, 17, 54, 49)
        },
        {
            "scxbh": (2.0, "1"),
            "jhgydzmcdl": (14.5, "A"),
            "jhgydtjcdl": (16.5, "A"),
            "jhgydmqsyl": (18.5, "1"),
            "ccssbdccqqhyc": (20.5, "kPa"),
            "ccssdccqrcdl": (22.5, "A"),
            "ccssdccqrcdy": (24.5, "V"),
            "tlssxsjphz": (26.5, "1"),
            "tlssgjll": (28.5, "m3/h"),
            "tlssglll": (30.5, "kg"),
            "tlssjyxhbyxzt": (32.5, "1"),
            "tlsssfyhfjdl": (34.5, "A"),
            "txssyqsd": (36.5, "degC"),
            "txsstxhyjyl": (38.5, "1"),
            "jhgydzmsj_day": (9.0, "d"),
            "jhgydzmsj_hour": (23.0, "h"),
            "jhgydzmsj_minute": (37.0, "min"),
            "jhgydzmsj_second": (24.0, "s"),
            "jhgydtjsj_day": (9.0, "d"),
            "jhgydtjsj_hour": (22.0, "h"),
            "jhgydtjsj_minute": (29.0, "min"),
            "jhgydtjsj_second": (48.0, "s"),
            "gxsj_day": (10.0, "d"),
            "gxsj_hour": (17.0, "h"),
            "gxsj_minute": (54.0, "min"),
            "gxsj_second": (49.0, "s"),
        },
        ((3, 0, 46),),
    ),
)
NO_VALUE = ("instrument says no value",)
STATES = (
    State("sensorbee-modbus", "input", {0xC0: 0, 0xC1: 0x7FC0}, "D", ("not a number",), ("no2",)),
    State("vaisala-wxt530", "input", {0x0A: 65535}, "D", NO_VALUE, ("humidity",)),
    State("vaisala-wxt530", "input", {0x0E: 65535}, "D", NO_VALUE, ("pressure",)),
    State("vaisala-wxt530", "input", {0x12: 65535}, "D", NO_VALUE, ("wind_direction",)),
    State("vaisala-wxt530", "input", {0x1F: 32767}, "D", NO_VALUE, ("temperature",)),
    State("vaisala-wxt530", "input", {0x23: 32767}, "D", NO_VALUE, ("dew_point",)),
    *[
        State("lambrecht-usonic", "input", {register: 0xD8F1}, "D", NO_VALUE, (channel,))
        for channel, register in (
            ("wind_speed", 0),
            ("wind_direction", 200),
            ("temperature", 400),
            ("humidity", 600),
            ("dew_point", 700),
            ("pressure", 800),
        )
    ],
)
LITERAL = (  # as in dust.py
    (
        "seeed-sensecap-one-s1000",  # the wiki's answers of an S900 (PM) and an S1000 (CO2)
        (
            ("input", 0x30, 4, "26 04 08 00 00 90 88 00 00 A4 10 13 FA"),
            ("input", 0x40, 2, "2B 04 04 00 0C EC 98 FD 2F"),
        ),
        [
            *[(value, "N") for value in (-5.25, 45.6, 101325.0, 12500.0, 270.5, 4.75, 1.2, 7.2)],
            (37.0, "N"),
            (42.0, "N"),
            (847.0, "N"),
        ],
    ),
)
