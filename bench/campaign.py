"""The fault campaign: each fault at 10 %, seeded; how many wrong values are taken, and what doubt costs.

Eight instruments on one line, each asked two questions that can be mistaken for each other (same
function, same length) and one that cannot. Each answer carries which question it answers, so a value
under the wrong register is seen at once. Late answers come up to 0.95 of the quiet time too late,
or, where the instrument can be cleared by a probe, any time.
"""

import asyncio
import random
from typing import Any

from bench import campaign_pty
from bench.campaign_faults import FAULTS, Pace
from bench.campaign_virtual import EXCHANGES, Campaign

SEED = 1
AT_ONCE = 5  # ptys side by side
LONE = 2000  # exchanges of the single instrument whose doubt is measured
USUAL = Pace(timeout_ms=300.0, quiet_ms=2000.0, cycle_ms=1000.0)  # the quiet time where none is set


async def run() -> dict[str, Any]:
    virtual = [Campaign(fault, _seeded(fault)).play() for fault in FAULTS]
    probed = [Campaign(fault, _seeded(fault), probe=True).play() for fault in FAULTS]
    gate = asyncio.Semaphore(AT_ONCE)

    async def on_pty(fault: str) -> dict[str, Any]:
        async with gate:
            return await campaign_pty.play(fault, _seeded(fault))

    ptys = await asyncio.gather(*map(on_pty, FAULTS))
    doubt = [cost_of_doubt(fault, probe=probe) for fault in ("silent", "late") for probe in (False, True)]
    return {
        "seed": SEED,
        "exchanges": EXCHANGES,
        "virtual": virtual,
        "probed": probed,
        "pty": ptys,
        "doubt": doubt,
    }


def _seeded(fault: str) -> random.Random:
    return random.Random(f"{SEED} {fault}")


def cost_of_doubt(fault: str, *, probe: bool) -> dict[str, Any]:
    """One instrument alone, back to back: what a timeout costs beside its own wait.

    rest_ms: in which its next question waits, and the line is free for others; line_ms: of the line
    for clearing.
    """
    lone = Campaign(fault, _seeded(fault), probe=probe, addresses=(1,), every_ms=0.0, pace=USUAL)
    lone.play(LONE)
    state = lone.core.addresses[1]
    timeouts = max(1, state.silent)
    return {
        "fault": fault,
        "probe": probe,
        "timeouts": state.silent,
        "rest_ms": round((lone.now - lone.core.busy_ms) / timeouts),
        "line_ms": round(lone.clearing_ms / timeouts),
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    for half, where in (("virtual", "virtual time"), ("probed", "virtual time, probe"), ("pty", "pty")):
        for row in result[half]:
            flagged = f"; {row['wrong_flagged_d']} flagged D" if row["wrong_flagged_d"] else ""
            rows.append(
                (
                    f"campaign, {where}: {row['fault']}",
                    f"wrong {row['wrong']} of {row['normal']} N{flagged}; recovered {row['recovered']:.2%} "
                    f"of {row['undamaged']}; fewest turns {row['fewest_turns']}",
                    "0; 99.9 %; 1",
                )
            )
    for row in result["doubt"]:
        how = "clearing probe" if row["probe"] else f"quiet time of {USUAL.quiet_ms / 1000:g} s"
        rows.append(
            (
                f"what doubt costs a timeout, {how}, {row['fault']}",
                f"the address rests {row['rest_ms']} ms; the line gives {row['line_ms']} ms",
                "",
            )
        )
    return rows
