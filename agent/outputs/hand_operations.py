"""The control socket's operations on outputs: what a person asks for, checked."""

from collections.abc import Mapping
from typing import Any

from agent.control import Operation
from agent.outputs.outputs import Outputs

__all__ = ["TEST_MAX_S", "TEST_S", "hand_operations"]

TEST_S = 10.0
TEST_MAX_S = 300.0  # whoever needs it longer is not testing
ORIGIN = "control socket"


def hand_operations(outputs: Outputs | None) -> dict[str, Operation]:
    """By name: "test-outputs" and "silence-horns". Their requests name an `output`, null for every one."""

    async def test(request: Mapping[str, Any]) -> list[dict[str, Any]]:
        for_s = request.get("for_s", TEST_S)
        if isinstance(for_s, bool) or not isinstance(for_s, int | float) or not 1 <= for_s <= TEST_MAX_S:
            raise ValueError(f"for_s: {for_s!r} is not within 1..{TEST_MAX_S:g} seconds")
        return await _there(outputs).test(*_whom(request), for_s)

    async def silence(request: Mapping[str, Any]) -> list[dict[str, Any]]:
        return await _there(outputs).silence(*_whom(request))

    return {"test-outputs": test, "silence-horns": silence}


def _there(outputs: Outputs | None) -> Outputs:
    if outputs is None:
        raise ValueError("the station file has no [[output]]")
    return outputs


def _whom(request: Mapping[str, Any]) -> tuple[str | None, str, str]:
    """The output, who asks, and from where."""
    output, by = request.get("output"), request.get("by")
    if not isinstance(by, str) or not by or not (output is None or isinstance(output, str)):
        raise ValueError("`by` is a text that is not empty, `output` the id of one, or null")
    return output, by, ORIGIN
