"""The way to the instrument carries questions that read, and nothing else."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.exchange import Request
from drivers.wire.modbus_pdu import ReadRegisters, WriteRegister
from drivers.wire.modbus_rtu import RtuRequest
from tools.profile_wizard.access import Access, Place, access_to
from tools.scan.settings import Setting


def asking(request: Request) -> Iterator[Any]:
    return (yield request)


def test_a_write_never_reaches_the_line(instrument: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.profile_wizard.access.LISTEN_S", 0.0)
    device = instrument(holding={0: 7})

    async def main() -> Any:
        async with access_to(Place(device.port, Setting(115200, "8N1"), 3, 500.0)) as access:
            with pytest.raises(ValueError, match="not one of the questions that only read"):
                await access._carry(asking(RtuRequest(3, WriteRegister(0, 1))))
            return await read(access)

    async def read(access: Access) -> Any:
        return await access._carry(asking(RtuRequest(3, ReadRegisters(3, 0, 1))))

    assert asyncio.run(main()) == (7,)
    assert device.functions == {3}
