"""Broker away for 60 s, and the agent killed with SIGKILL in the middle of it: by name, nothing lost.

Two kinds: a broker that stops, and one that falls silent with its connections open and then dies.
"""

import asyncio
import os
import signal
from typing import Any

from bench.rig import Rig, until

AWAY_S = 60.0
BEFORE_S = AFTER_S = 10.0


async def run() -> dict[str, Any]:
    return {"rows": [await outage(silent) for silent in (False, True)]}


async def outage(silent: bool) -> dict[str, Any]:
    async with Rig(baud=19200, count=8, every="1s") as rig:
        await rig.start_agent()
        await asyncio.sleep(BEFORE_S)
        if silent:
            os.kill(rig.broker.pid, signal.SIGSTOP)
        else:
            await rig.broker.stop()
        await asyncio.sleep(AWAY_S / 2)
        os.kill(rig.agent.pid, signal.SIGKILL)
        await rig.agent.stop()
        committed = {(log, seq) for log, seq, _ in rig.rows()}
        rig.agent = rig.new_agent()
        await rig.start_agent()
        await asyncio.sleep(AWAY_S / 2)
        if silent:
            await rig.broker.kill()
        held = len(rig.ledger.delivered)
        await rig.broker.start()
        back_ms = rig.clock.utc_ms()
        await until(lambda: len(rig.ledger.delivered) > held, "a delivery after the broker's return", 60)
        first_s = (rig.clock.utc_ms() - back_ms) / 1000
        await asyncio.sleep(AFTER_S)
        await rig.settle()
        rows = rig.rows()
        journalled = {(log, seq) for log, seq, _ in rows}
        return {
            "silent": silent,
            "committed_before_kill": len(committed),
            "journalled": len(rows),
            "delivered": len(rig.ledger.delivered),
            "duplicates": rig.ledger.duplicates,
            "lost": len((committed | journalled) - set(rig.ledger.delivered)),
            "wrong": len(rig.ledger.wrong()),
            "first_delivery_after_s": round(first_s, 2),
        }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            "broker silent 60 s, then restarted; SIGKILL" if row["silent"] else "broker down 60 s; SIGKILL",
            f"lost {row['lost']}, wrong {row['wrong']} of {row['journalled']}; "
            f"{row['duplicates']} duplicates; first delivery after {row['first_delivery_after_s']} s",
            "lost 0, wrong 0",
        )
        for row in result["rows"]
    ]
