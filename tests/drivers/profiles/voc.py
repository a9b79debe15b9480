"""Worked examples of the VOC instruments that are profiles."""

from tests.drivers.profiles.memory import Case, State, f32, i16, u32

__all__ = ["CASES", "STATES"]

PRECURSORS = """
methylpentane_2 methylpentane_3 n_hexane dimethylpentane_2_4 benzene cyclohexane methylhexane_2
dimethylpentane_2_3 methylhexane_3 trimethylpentane_2_2_4 n_heptane methylcyclohexane
trimethylpentane_2_3_4 toluene methylheptane_2 methylheptane_3 n_octane ethylbenzene mp_xylene styrene
o_xylene n_nonane isopropylbenzene n_propylbenzene m_ethyltoluene p_ethyltoluene trimethylbenzene_1_3_5
o_ethyltoluene trimethylbenzene_1_2_4 n_decane trimethylbenzene_1_2_3 m_diethylbenzene p_diethylbenzene
n_undecane n_dodecane
""".split()  # noqa: SIM905 - a column of names
FALCO = {"base": 0, "order": "CDAB", "unit": "ppm"}


def _dht508(block: int) -> dict[int, int]:
    return f32(20 + 20 * block, block + 1440.25, order="DCBA")


def _wanandi(register: int, value: float) -> dict[int, int]:
    return f32(register, value, order="CDAB")


CASES = (
    Case(
        "honeywell-raeguard2",
        {"divisor": 100},
        {"holding": u32(8, 2398)},
        {"voc": (23.98, "ppm")},
        ((3, 8, 2),),
    ),
    Case(
        "ion-science-falco",
        FALCO,
        {"holding": f32(102, 12.5, order="CDAB") | f32(106, 57.25, order="CDAB") | i16(108, -7)},
        {"voc": (12.5, "ppm"), "sensor_voltage": (57.25, "mV"), "temperature": (-7.0, "degC")},
        ((3, 102, 2), (3, 106, 3)),
    ),
    Case(
        "tianzhilan-nmhc",
        {},
        {"holding": f32(1, 1.5, 2.5, 4.0, -0.25, 12.0, 85.5, 0.5, 0.75, 1.25, 16.5, 20.5, 3600.0, 0.0)},
        {
            "ch4": (1.5, "mg/m3"),
            "nmhc": (2.5, "mg/m3"),
            "thc": (4.0, "mg/m3"),
            "pressure": (-0.25, "kPa"),
            "velocity": (12.0, "m/s"),
            "temperature": (85.5, "degC"),
            "benzene": (0.5, "mg/m3"),
            "toluene": (0.75, "mg/m3"),
            "xylene": (1.25, "mg/m3"),
            "humidity": (16.5, "%"),
            "oxygen": (20.5, "%"),
            "flow": (3600.0, "m3/h"),
        },
        ((3, 1, 26),),
    ),
    Case(
        "haihui-nmhc",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(20)], order="DCBA")},
        {
            "nmhc": (0.5, "mg/m3"),
            "thc": (1.5, "mg/m3"),
            "ch4": (2.5, "mg/m3"),
            "temperature": (8.5, "degC"),
            "pressure": (9.5, "kPa"),
            "velocity": (10.5, "m/s"),
            "humidity": (11.5, "%"),
            "flow": (13.5, "m3/s"),
            "oxygen": (14.5, "%"),
            "ambient_pressure": (19.5, "kPa"),
        },
        ((3, 0, 40),),
    ),
    Case(
        "tiandeyi-nmhc",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(14)])},
        {
            "flow": (0.5, "m3/s"),
            "velocity": (1.5, "m/s"),
            "temperature": (2.5, "degC"),
            "pressure": (3.5, "kPa"),
            "humidity": (4.5, "%"),
            "oxygen": (5.5, "%"),
            "thc": (6.5, "mg/m3"),
            "ch4": (7.5, "mg/m3"),
            "nmhc": (8.5, "mg/m3"),
            "benzene": (9.5, "mg/m3"),
            "toluene": (10.5, "mg/m3"),
            "a25006": (11.5, "mg/m3"),
            "a25007": (12.5, "mg/m3"),
            "xylene": (13.5, "mg/m3"),
        },
        ((3, 0, 28),),
    ),
    Case(
        "zhuozheng-nmhc",
        {},
        {"holding": i16(0, *range(59))},
        {
            "thc": (5.0, "mg/m3"),
            "ch4": (6.0, "mg/m3"),
            "oxygen": (7.0, "%"),
            "nmhc": (8.0, "mg/m3"),
            "benzene": (9.0, "mg/m3"),
            "toluene": (10.0, "mg/m3"),
            "xylene": (11.0, "mg/m3"),
            "velocity": (12.0, "m/s"),
            "temperature": (13.0, "degC"),
            "pressure": (15.0, "kPa"),
            "flow": (16.0, "m3/s"),
            "humidity": (31.0, "%"),
            "pm": (48.0, "mg/m3"),
        },
        ((3, 5, 44),),
    ),
    Case(
        "tianjin712-dht508",
        {"unit": "mg/m3"},
        {"holding": {at: word for k in range(8) for at, word in _dht508(k).items()}},
        {f"value{k + 1}": (k + 1440.25, "mg/m3") for k in range(8)},
        tuple((3, 20 + 20 * k, 2) for k in range(8)),
    ),
    Case(
        "synspec-gc955-modbus",
        {"base": 31526},
        {"input": f32(31526, 0.5, 1.5, 2.5, 3.5, 4.5)},
        {
            "benzene": (0.5, "ppb"),
            "toluene": (1.5, "ppb"),
            "component3": (2.5, "ppb"),
            "mp_xylene": (3.5, "ppb"),
            "o_xylene": (4.5, "ppb"),
        },
        ((4, 31526, 10),),
    ),
    Case(
        "synspec-gc955-611",
        {"base": 1526},
        {"input": f32(1526, *[at + 0.25 for at in range(35)])},
        {
            name: (at + 0.25, "ppb")
            for at, name in enumerate(PRECURSORS)
        },
        ((4, 1526, 70),),
    ),
    Case(
        "wanandi-voc",
        {},
        {"holding": _wanandi(0x152, 120.5) | _wanandi(0x252, 6.25) | _wanandi(0x352, 94.75)},
        {"voc_inlet": (120.5, "mg/m3"), "voc_outlet": (6.25, "mg/m3"), "removal": (94.75, "%")},
        ((3, 0x152, 2), (3, 0x252, 2), (3, 0x352, 2)),
    ),
    Case(
        "suchen-voc",
        {},
        {"holding": f32(1, *[at + 0.5 for at in range(8)])},
        {
            "voc_inlet": (0.5, "mg/m3"),
            "voc_outlet": (1.5, "mg/m3"),
            "velocity": (2.5, "m/s"),
            "removal": (3.5, "%"),
            "emission": (4.5, "kg/h"),
            "current": (5.5, "A"),
            "temperature": (6.5, "degC"),
            "pressure": (7.5, "kPa"),
        },
        ((3, 1, 16),),
    ),
    Case(
        "zhonggeng-voc",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(11)])},
        {
            "voc_inlet": (0.5, "mg/m3"),
            "voc_outlet": (1.5, "mg/m3"),
            "temperature": (2.5, "degC"),
            "humidity": (3.5, "%"),
            "velocity": (4.5, "m/s"),
            "pressure": (5.5, "Pa"),
            "fan_current": (6.5, "A"),
            "power_e80101": (7.5, "kW"),
            "power_e30101": (8.5, "kW"),
            "energy_e30001": (9.5, "kWh"),
            "current_e80201": (10.5, "A"),
        },
        ((3, 0, 22),),
    ),
    Case(
        "chuangtuo-voc",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(16)])},
        {
            "voc_outlet": (0.5, "mg/m3"),
            "temperature": (1.5, "degC"),
            "pressure": (4.5, "kPa"),
            "current_e80201": (5.5, "A"),
            "current_e70201": (6.5, "A"),
            "current_e60201": (9.5, "A"),
            "flow": (15.5, "m3/s"),
        },
        ((3, 0, 32),),
    ),
    Case(
        "chuangchi-voc",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(8)], order="CDAB")},
        {
            "energy_e30001": (0.5, "kWh"),
            "power_e30101": (1.5, "kW"),
            "energy_e70001": (2.5, "kWh"),
            "power_e70101": (3.5, "kW"),
            "temperature": (4.5, "degC"),
            "pressure": (5.5, "Pa"),
            "flow": (6.5, "m3/h"),
            "voc_outlet": (7.5, "mg/m3"),
        },
        ((3, 0, 16),),
    ),
    Case(
        "fanyi-voc",
        {},
        {"input": {0x20: 625, 0x21: 2350, 0x22: 10132, 0x23: 1250, 0x24: 40050, 0x26: 312, 0x28: 155}
         | {0x29: 9475, 0x2A: 850, 0x2B: 12}},
        {
            "voc_outlet": (6.25, "mg/m3"),
            "temperature": (23.5, "degC"),
            "pressure": (101.32, "kPa"),
            "velocity": (12.5, "m/s"),
            "voc_inlet": (400.5, "mg/m3"),
            "current_e70201": (3.12, "A"),
            "current_e70202": (1.55, "A"),
            "removal": (94.75, "%"),
            "flow": (8.5, "m3/s"),
            "emission": (0.12, "kg/h"),
        },
        tuple((4, at, 1) for at in (0x20, 0x21, 0x22, 0x23, 0x24, 0x26, 0x28, 0x29, 0x2A, 0x2B)),
    ),
)  # fmt: skip

STATES = (
    State("tianzhilan-nmhc", "holding", f32(25, 1.0), "M", ("maintenance",)),
    State("tianzhilan-nmhc", "holding", f32(25, 2.0), "D", ("instrument fault",)),
    State("tianzhilan-nmhc", "holding", f32(25, 3.0), "C", ("calibrating",)),
    State("tianzhilan-nmhc", "holding", f32(25, 5.0), "C", ("zero calibration",)),
    State("tianzhilan-nmhc", "holding", f32(25, 6.0), "C", ("calibrating",)),
    State("tianzhilan-nmhc", "holding", f32(25, 4.0), "D", ("state 4 is not in the profile",)),
)
