"""What the emulated plant costs: the sample scenario's air at one place and second, and each value out of it.

CPU time, at a minute of the plant for each second, as the sample plays it, and at the plant's own pace.
"""

import time
import tomllib
from pathlib import Path
from typing import Any

from agent.config.scenario import examine_scenario
from hardware_sim.plant import Plant, PlantSource, Receptor
from hardware_sim.scripts import Script

SAMPLES = Path(__file__).parent.parent / "examples" / "scenarios"
PLACE = Receptor(222, 172, 3)
SECONDS = 600
CHANNELS = (("voc", "ppm"), ("benzene", "mg/m3"), ("tsp", "ug/m3"), ("wind_speed", "m/s"))


async def run() -> dict[str, Any]:
    scenario = _scenario()
    return {
        "sources": len(scenario["source"]),
        "air_us": {str(speed): _air_us({**scenario, "speed": speed}) for speed in (1, 60)},
        "further_value_us": _value_us(scenario),
        "scripted_value_us": _scripted_us(),
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    air = ", ".join(f"{cost} us at {speed}x" for speed, cost in result["air_us"].items())
    further = f"{result['further_value_us']} us (a script's: {result['scripted_value_us']} us)"
    return [
        (f"plant of {result['sources']} sources: a place's air, once a second", air, "-"),
        ("each value out of it", further, "-"),
    ]


def _scenario() -> dict[str, Any]:
    path = SAMPLES / "coking-plant.toml"
    placed = tomllib.loads(path.read_text(encoding="utf-8"))["receptor"]
    found, findings = examine_scenario(path, [row["instrument"] for row in placed])
    assert found is not None, findings
    return found


def _air_us(scenario: dict[str, Any]) -> float:
    """One question in each second of the bench: nothing of it has been asked before."""
    made = Plant(scenario)
    began = time.process_time()
    for second in range(SECONDS):
        made.at(PLACE, made.second(second))
    return round((time.process_time() - began) / SECONDS * 1e6, 1)


def _value_us(scenario: dict[str, Any]) -> float:
    """Channels of an instrument are asked in the same second: the air is there already."""
    made = Plant(scenario)
    sources = [PlantSource(made, PLACE, quantity, unit, where="bench") for quantity, unit in CHANNELS]
    sources[0].value(0.0)
    began = time.process_time()
    for _ in range(10_000):
        for source in sources:
            source.value(0.0)
    return round((time.process_time() - began) / 10_000 / len(sources) * 1e6, 2)


def _scripted_us() -> float:
    script = Script([[0, 1], [60, 2], [120, 3]], "bench")
    began = time.process_time()
    for _ in range(40_000):
        script.value(30.0)
    return round((time.process_time() - began) / 40_000 * 1e6, 2)
