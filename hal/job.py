"""What a line is told: its timing, and the conversations it carries. Runs on MicroPython too."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from hal.doubt import AddressState

__all__ = ["NETWORK_MARGIN_MS", "Job", "TcpTiming", "Timing"]

MARGIN_MS = 50.0  # USB adapters hand bytes over in bunches
NETWORK_MARGIN_MS = 300.0  # a lost packet is sent again after 200 ms (Linux, TCP_RTO_MIN)


class Timing:
    """Character time and silence of a line. bits: start, data, parity and stop bits together.

    Silence is 3.5 characters, fixed at 1.750 ms above 19200 baud. margin_ms: how much later than
    at wire speed the rest of an answer may come. Source: MODBUS over Serial Line V1.02, 2.5.1.1.
    """

    def __init__(self, baud: int, bits: int, margin_ms: float = MARGIN_MS) -> None:
        self.char_ms = 1000.0 * bits / baud
        self.silence_ms = 1.75 if baud > 19200 else 3.5 * self.char_ms
        self.margin_ms = margin_ms


class TcpTiming(Timing):
    """Modbus TCP: frames are told apart by their length, and have no wire that we could compute."""

    def __init__(self) -> None:
        self.char_ms = self.silence_ms = 0.0
        self.margin_ms = NETWORK_MARGIN_MS


class Job:
    """One conversation on its way: `result` or `error` is set when it is `done`.

    at: when the last byte of its latest answer came (None before the first); wait_ms: how long a
    probe of a dead address may stay without an answer; second_master: another master was heard while it
    ran, so that its values may be somebody else's; frames: its questions and their answers, as on the wire.
    """

    def __init__(self, state: "AddressState", conversation: "Conversation") -> None:
        self.state = state
        self.conversation = conversation
        self.request: Request | None = None
        self.key = b""
        self.tries = 0
        self.not_before = float("-inf")
        self.wait_ms = state.timeout_ms
        self.at: float | None = None
        self.second_master = False
        self.frames: list[tuple[bytes, bytes]] = []
        self.result: Any = None
        self.error: Exception | None = None
        self.done = False

    def advance(self, value: "Any" = None, error: "Exception | None" = None) -> None:
        """Hand the parsed answer or the failure to the conversation, up to its next question."""
        try:
            request = self.conversation.send(value) if error is None else self.conversation.throw(error)
        except StopIteration as end:
            self.result, self.done = end.value, True
        except Exception as failure:  # a driver's own fault ends its conversation, not the line
            self.error, self.done = failure, True
        else:
            self.request, self.key = request, request.encode()
            self.tries = self.state.retries if request.repeatable else 0

    def fail(self, error: Exception) -> None:
        self.conversation.close()
        self.error, self.done = error, True
