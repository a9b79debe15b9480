"""Annex 3 of the ultra-low emission policy for coking as tables: which place needs which monitor.

Source: the consultation draft of 2023-06-15, which was read; the annexes of the final text of 2024 (No. 5)
were not to be had. The names of kinds are ours.
"""

from typing import NamedTuple

__all__ = [
    "AREAS",
    "CLAUSE",
    "CONFIRMED",
    "EDITION",
    "MONITORS",
    "POINTS",
    "ROAD",
    "ROAD_ALONE_M",
    "Area",
    "Monitor",
    "Point",
]

EDITION = "draft-2023"
CONFIRMED = False
CLAUSE = "Annex 3"
ROAD = "road"
ROAD_ALONE_M = 200.0  # a material road that is longer needs a micro-station in its middle
NOBODY = ()  # no instrument on a line is one


class Monitor(NamedTuple):
    """What kinds of monitor there are. classes: of drivers that can be one (drivers.profile.CLASSES); all_of,
    any_of: channels that it must have, where it is on a station."""

    what: str
    classes: tuple[str, ...] = NOBODY
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()


MONITORS = {
    "cems": Monitor("a continuous monitor of a stack", ("cems", "voc-fid", "tsp")),
    "dcs": Monitor("recording by the process control", ("plc",)),
    "hd-video": Monitor("a high-definition camera"),
    "tsp": Monitor("a TSP monitor", ("tsp",), any_of=("tsp", "dust", "pm")),
    "micro-station": Monitor(
        "a micro-station, PM2.5 and PM10 at least",
        ("micro-station", "particulate-module", "tsp", "meteorology"),
        all_of=("pm25", "pm10"),
    ),
    "pid": Monitor("a PID", ("voc-pid",)),
    "fid": Monitor("an FID", ("voc-fid",)),
    "nh3-leak": Monitor("an ammonia leak detector", ("gas-detector",)),
    "gate": Monitor("a gate that records every vehicle, with a camera"),
}


class Area(NamedTuple):
    """needs: one tuple for each demand, any kind of monitor in it will do, anywhere in the area."""

    what: str
    needs: tuple[tuple[str, ...], ...] = ()


AREAS = {
    "stockyard": Area("coal and coke stores"),
    "coking": Area("ovens and what belongs to them, semi-coke too", (("micro-station",),)),
    "gas-purification": Area("gas purification", (("fid",),)),  # PID or FID, and one FID at least
    "tank-farm": Area("tanks", (("fid", "pid"),)),
    "deep-processing": Area("chemical deep processing", (("fid", "pid"),)),
    "other": Area("anything else: Annex 3 asks nothing of it as an area"),
}


class Point(NamedTuple):
    """homes: kinds of area that have such points, one at least; () anywhere in the plant. needs: kinds of
    monitor, each of them."""

    what: str
    homes: tuple[str, ...]
    needs: tuple[str, ...]
    clause: str = CLAUSE


COKING, PURIFICATION, DEEP = ("coking",), ("gas-purification",), ("deep-processing",)
POINTS = {
    "coke-oven-stack": Point("coke-oven stack", COKING, ("cems",)),
    "standby-stack": Point("its hot-standby stack", COKING, ("cems",)),
    "charging": Point("coal charging and its dedusting", COKING, ("cems", "dcs")),
    "pushing": Point("coke pushing and its dedusting", COKING, ("cems", "dcs")),
    "dry-quenching": Point("coke dry quenching", COKING, ("cems", "dcs")),
    "gas-boiler": Point("gas-fired power boiler and its stack", COKING, ("cems", "dcs")),
    "ovens": Point("the ovens themselves", COKING, ("dcs",)),
    "flue-gas-treatment": Point("desulfurisation, denitrification of the stack", COKING, ("dcs",)),
    "generator": Point("power generator", COKING, ("dcs",)),
    "control-centre": Point("control centre", (*COKING, *PURIFICATION), ("dcs",)),
    "oven-top": Point("top of the ovens", COKING, ("hd-video",)),
    "machine-side": Point("machine side of the ovens", COKING, ("hd-video",)),
    "coke-side": Point("coke side, discharge side of semi-coke", COKING, ("hd-video",)),
    "cdq-charging": Point("charging device of dry quenching", COKING, ("hd-video",)),
    "wet-quench-tower": Point("wet-quench tower", COKING, ("hd-video",)),
    "screening": Point("coke-screening building", COKING, ("hd-video",)),
    "truck-loading": Point("loading of coke onto trucks", COKING, ("hd-video",)),
    "gas-network": Point("gas network", PURIFICATION, ("dcs",)),
    "flare": Point("gas flare", PURIFICATION, ("dcs",)),
    "tanks": Point("tanks of crude benzene, tar and the like", PURIFICATION, ("dcs",)),
    "voc-treatment": Point("VOC treatment", (*PURIFICATION, *DEEP), ("dcs",)),
    "heating-furnace": Point("heating furnace", DEEP, ("dcs",)),
    "distillation": Point("distillation", DEEP, ("dcs",)),
    "loading": Point("loading of products", DEEP, ("dcs",)),
    "store-entrance": Point(
        "entrance or exit of a coal or coke store", ("stockyard",), ("hd-video", "micro-station")
    ),
    "hood": Point("enclosure or hood of a main dust point", (), ("tsp",)),
    "haul-junction": Point("junction of main haul roads", (), ("micro-station",)),
    "vehicle-entrance": Point("entrance or exit for vehicles", (), ("gate",)),
    "ammonia-storage": Point("liquid ammonia, ammonia water", (), ("nh3-leak",), "Annex 2"),
}
