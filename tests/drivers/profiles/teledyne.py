"""Worked examples of the Teledyne analysers of ambient air that are profiles."""

from tests.drivers.profiles.dust import states
from tests.drivers.profiles.memory import Case, State, bits, f32

__all__ = ["CASES", "STATES"]

# Discrete inputs: number, flag and condition where it is on. The input of "system is OK" stands in SYSTEM_OK.
T100 = """
0 N PMT detector warning
1 N UV detector warning
2 N dark calibration warning
3 N box temperature warning
4 N PMT temperature warning
5 N cell temperature warning
6 N sample pressure warning
7 N high voltage supply warning
8 N system reset
9 N rear board communication warning
10 N relay board communication warning
11 N front panel communication warning
12 N analog calibration warning
13 N dynamic zero warning
14 N dynamic span warning
15 D invalid concentration
16 C zero calibration
17 C span calibration
18 C multi-point calibration
20 N sample flow warning
21 N IZS temperature warning
22 C low span calibration
23 N vacuum pressure warning
24 N concentration alarm 1
25 N concentration alarm 2
26 M Hessen manual mode
"""
T101 = """
0 N PMT detector warning
1 N UV detector warning
2 N dark calibration warning
3 N box temperature warning
4 N PMT temperature warning
5 N cell temperature warning
6 N sample pressure warning
7 N high voltage supply warning
8 N system reset
9 N rear board communication warning
10 N relay board communication warning
11 N front panel communication warning
12 N analog calibration warning
13 N dynamic zero warning
14 N dynamic span warning
15 D invalid concentration
16 C zero calibration
17 C span calibration
18 C multi-point calibration
20 N sample flow warning
21 N IZS temperature warning
22 N converter temperature warning
24 N SO2 alarm 1
25 N SO2 alarm 2
26 N H2S alarm 1
27 N H2S alarm 2
"""
T102 = """
0 N PMT detector warning
1 N UV detector warning
2 N dark calibration warning
3 N box temperature warning
4 N PMT temperature warning
5 N cell temperature warning
6 N sample pressure warning
7 N high voltage supply warning
8 N system reset
9 N rear board communication warning
10 N relay board communication warning
11 N front panel communication warning
12 N analog calibration warning
13 N dynamic zero warning
14 N dynamic span warning
15 D invalid concentration
16 C zero calibration
17 C span calibration
18 C multi-point calibration
20 N sample flow warning
21 N IZS temperature warning
22 N converter temperature warning
23 N oxygenator flow warning
24 N SO2 alarm 1
25 N SO2 alarm 2
28 N TRS alarm 1
29 N TRS alarm 2
"""
T201 = """
0 N manifold temperature warning
1 N converter temperature warning
2 N auto-zero warning
3 N box temperature warning
4 N PMT temperature warning
5 N cell temperature warning
6 N sample flow warning
7 N ozone flow warning
8 N cell pressure warning
9 N high voltage supply warning
11 N system reset
12 N rear board communication warning
13 N relay board communication warning
14 N front panel communication warning
15 N analog calibration warning
16 N dynamic zero warning
17 N dynamic span warning
18 D invalid concentration
19 C zero calibration
20 C span calibration
21 C multi-point calibration
23 N ozone generator warning
"""
T200U = """
0 N manifold temperature warning
1 N converter temperature warning
2 N auto-zero warning
3 N box temperature warning
4 N PMT temperature warning
5 N cell temperature warning
6 N sample flow warning
7 N ozone flow warning
8 N cell pressure warning
9 N high voltage supply warning
10 N system reset
11 N rear board communication warning
12 N relay board communication warning
13 N front panel communication warning
14 N analog calibration warning
15 N dynamic zero warning
16 N dynamic span warning
17 D invalid concentration
18 C zero calibration
19 C span calibration
20 C multi-point calibration
22 N ozone generator warning
23 N IZS temperature warning
24 C low span calibration
25 N NO alarm 1
26 N NO alarm 2
27 N NO2 alarm 1
28 N NO2 alarm 2
29 N NOx alarm 1
30 N NOx alarm 2
"""
T300 = """
0 N source warning
1 N box temperature warning
2 N bench temperature warning
3 N wheel temperature warning
4 N sample temperature warning
5 N sample pressure warning
6 N photometer temperature warning
7 N system reset
8 N rear board communication warning
9 N relay board communication warning
10 N front panel communication warning
11 N analog calibration warning
12 N dynamic zero warning
13 N dynamic span warning
14 D invalid concentration
15 C zero calibration
16 C span calibration
17 C multi-point calibration
19 N purge pressure warning
20 N sample flow warning
21 N oven temperature warning
22 N concentration alarm 1
23 N concentration alarm 2
24 N auto-zero warning
25 N sync warning
26 M Hessen manual mode
"""
T400 = """
4 N photometer reference warning
5 N photometer lamp stability warning
6 N photometer lamp temperature warning
7 N box temperature warning
8 N sample temperature warning
9 N sample flow warning
10 N sample pressure warning
11 N system reset
12 N rear board communication warning
13 N relay board communication warning
14 N lamp driver communication warning
15 N front panel communication warning
16 N analog calibration warning
17 N dynamic zero warning
18 N dynamic span warning
19 D invalid concentration
20 C zero calibration
21 C low span calibration
22 C span calibration
23 C multi-point calibration
25 N concentration alarm 1
26 N concentration alarm 2
"""
T500U = """
0 N auto-reference warning
1 N oven temperature warning
2 N manifold temperature warning
3 N IZS temperature warning
4 N baseline loss warning
5 N bench communication warning
7 N box temperature warning
8 N sample temperature warning
10 N sample pressure warning
11 N system reset
12 N rear board communication warning
13 N relay board communication warning
15 N front panel communication warning
16 N analog calibration warning
17 N dynamic zero warning
18 N dynamic span warning
19 D invalid concentration
20 C zero calibration
22 C span calibration
23 C multi-point calibration
25 N concentration alarm 1
26 N concentration alarm 2
27 M manual mode
"""
SYSTEM_OK = {
    "teledyne-t100": (T100, 19),
    "teledyne-t101": (T101, 19),
    "teledyne-t102": (T102, 19),
    "teledyne-t201": (T201, 22),
    "teledyne-t200u": (T200U, 21),
    "teledyne-t300": (T300, 18),
    "teledyne-t400": (T400, 24),
    "teledyne-t500u": (T500U, 24),
}
SHARED = {"sample_flow": (56.5, "mL/min"), "sample_pressure": (58.5, "inHg")}


def healthy(driver: str) -> dict[int, int]:
    """All its inputs off, but the one that says that it is well."""
    return bits(0, "0" * 32) | {SYSTEM_OK[driver][1]: 1}


def case(driver: str, said: dict[str, tuple[float, str]], *asked: tuple[int, int, int]) -> Case:
    """Input register n holds the float n + 0.5."""
    held = f32(0, *[at + 0.5 for at in range(0, 90, 2)])
    return Case(driver, {}, {"input": held, "discrete": healthy(driver)}, said, asked)


def found() -> list[State]:
    listed: list[State] = []
    for driver, (table, well) in SYSTEM_OK.items():
        rows = [line.split(" ", 2) for line in table.strip().splitlines()]
        listed += states(driver, tuple(({int(at): 1}, flag, why) for at, flag, why in rows), "discrete")
        listed.append(State(driver, "discrete", {well: 0}, "N", ("system is not OK",)))
    return listed


CASES = (
    case("teledyne-t100", {"so2": (22.5, "ppb")}, (2, 0, 27), (4, 22, 2)),
    case("teledyne-t101", {"so2": (34.5, "ppb"), "h2s": (38.5, "ppb"), **SHARED}, (2, 0, 28), (4, 34, 26)),
    case("teledyne-t102", {"so2": (34.5, "ppb"), "trs": (38.5, "ppb"), **SHARED}, (2, 0, 30), (4, 34, 26)),
    case(
        "teledyne-t201",
        {
            "tnx": (46.5, "ppb"),
            "nh3": (50.5, "ppb"),
            "nox": (54.5, "ppb"),
            "no": (58.5, "ppb"),
            "no2": (62.5, "ppb"),
        },
        (2, 0, 24),
        (4, 46, 18),
    ),
    case(
        "teledyne-t200u",
        {
            "nox": (30.5, "ppb"),
            "no": (34.5, "ppb"),
            "no2": (38.5, "ppb"),
            "sample_flow": (62.5, "mL/min"),
            "sample_pressure": (64.5, "inHg"),
        },
        (2, 0, 31),
        (4, 30, 36),
    ),
    case(
        "teledyne-t300",
        {"co": (18.5, "ppm"), "sample_temperature": (32.5, "degC"), "sample_pressure": (34.5, "inHg")},
        (2, 0, 27),
        (4, 18, 18),
    ),
    case(
        "teledyne-t400",
        {
            "o3": (18.5, "ppb"),
            "sample_temperature": (38.5, "degC"),
            "sample_flow": (40.5, "mL/min"),
            "sample_pressure": (42.5, "inHg"),
        },
        (2, 4, 23),
        (4, 18, 26),
    ),
    case(
        "teledyne-t500u",
        {"no2": (18.5, "ppb"), "sample_temperature": (38.5, "degC"), "sample_pressure": (40.5, "inHg")},
        (2, 0, 28),
        (4, 18, 24),
    ),
)
STATES = tuple(found())
