"""The uplink's loop turns with nothing to do, with a broker that is gone and with one that is mute."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from agent.uplink import session, uplink

pytestmark = pytest.mark.needs("mosquitto")


@pytest.mark.parametrize("case", ["idle", "gone", "mute"])
def test_it_turns_whatever_becomes_of_the_broker(
    kit: Any, broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(uplink, "TURN_S", 0.05)
    monkeypatch.setattr(session, "FIRST_CONNACK_TIMEOUT_S", 0.3)
    least = 20 if case == "idle" else 3  # connecting alone makes it turn a few times
    beats: list[bool] = []

    async def main(port: int) -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(port)) as here:
            here.uplink.beat = lambda: beats.append(here.uplink.status()["connected"])
            await kit.until(lambda: len(beats) >= least and beats[-2:] == [case == "idle"] * 2)

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if case == "mute":
            nobody.listen()  # takes connections and never says a word
        asyncio.run(main(broker.port if case == "idle" else nobody.getsockname()[1]))
    assert beats[-2:] == [case == "idle"] * 2, "it turned, and was connected as it should be"
