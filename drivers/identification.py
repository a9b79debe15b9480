"""Who is there: the questions that find an instrument and tell what it is.

Only questions that read: `READS` is the closed list of them, and `check_reads` refuses any other
before it reaches the wire. Sources stand with each codec; what proves a model, in its profile.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.register_values import said_by, span_of
from drivers.registers import GATEWAY_CODES, RegisterDriver
from drivers.wire.ak import AkRequest
from drivers.wire.bayern_hessen import DataRequest, parse_items
from drivers.wire.c_link import CLinkReport
from drivers.wire.dcon import ReadName, checksum
from drivers.wire.modbus_identity import BASIC, INDIVIDUAL, OBJECT_NAMES, ReadIdentity, identify, printed
from drivers.wire.modbus_pdu import READ_COILS, READ_HOLDING, READ_INPUT, ReadBits, ReadRegisters
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.shdlc import DEVICE_INFO, ShdlcRequest, unstuffed
from drivers.wire.umb import ReadChannel, device

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable
    from typing import Any, NamedTuple

    from drivers.exchange import Request
    from drivers.registers import Framing

    Talk = Generator[Request, Any, Any]

    class Protocol(NamedTuple):
        name: str
        addresses: tuple[int, int] | None
        bauds: tuple[int, ...]
        reads: str

    class Found(NamedTuple):
        facts: tuple[tuple[str, str], ...]
        fits: tuple[str, ...]
        could_be: tuple[str, ...]
else:
    Protocol = namedtuple("Protocol", ("name", "addresses", "bauds", "reads"))
    Found = namedtuple("Found", ("facts", "fits", "could_be"))

__all__ = [
    "PROTOCOLS",
    "Found",
    "Protocol",
    "answers",
    "ask",
    "check_reads",
    "identified",
    "only_reads",
    "presence",
]

ILLEGAL_FUNCTION = 1
# name, lowest and highest address (None: it is asked once, without one), the only speeds it has
# (none: any), what is asked.
PROTOCOLS = (
    Protocol("modbus", (1, 247), (), "functions 1, 2, 3, 4 and 43/14"),
    Protocol("bayern-hessen", (0, 999), (), "DA"),
    Protocol("c-link", (1, 127), (), "flags"),
    Protocol("ak", None, (), "AKEN"),
    Protocol("dcon", (0, 255), (), "$AAM (name)"),
    Protocol("umb", (1, 255), (), "command 23 (online data), channel 100"),
    Protocol("shdlc", (0, 254), (115200,), "command D0 (device information)"),
)
MODBUS_READS = (1, 2, 3, 4)
UMB_CLASSES = (7, 8)  # weather stations, Ventus wind sensors
UMB_AIR_TEMPERATURE = 100
SHDLC_SERIAL = b"\x03"
SHDLC_TEXT_MAX = 32
DEVICE_INFO_BYTE = bytes((DEVICE_INFO,))


class AnyData(DataRequest):
    """`DA` to an instrument of which nobody knows how many values it has."""

    def __init__(self, address: int) -> None:
        super().__init__(address, 1)

    def value(self, text: str, frame: bytes) -> "Any":
        self.items = max(1, len(parse_items("MD" + text)))
        return super().value(text, frame)


def presence(protocol: str, address: "int | None", framing: "Framing" = RtuRequest) -> "tuple[Request, ...]":
    """The questions whose answer, or refusal, says that somebody is there; the likeliest first."""
    if protocol == "modbus":
        assert address is not None
        pdus = (ReadRegisters(READ_HOLDING, 0, 1), ReadRegisters(READ_INPUT, 0, 1), ReadIdentity(BASIC))
        return tuple([framing(address, pdu) for pdu in pdus])
    if protocol == "bayern-hessen":
        return (AnyData(address or 0),)
    if protocol == "c-link":
        return (CLinkReport(address or 0, "flags"),)
    if protocol == "ak":
        return (AkRequest("AKEN"),)
    if protocol == "dcon":
        return (ReadName(address or 0, False), ReadName(address or 0, True))
    if protocol == "umb":
        return tuple([ReadChannel(device(kind, address or 1), UMB_AIR_TEMPERATURE) for kind in UMB_CLASSES])
    if protocol == "shdlc":
        return (ShdlcRequest(address or 0, DEVICE_INFO, SHDLC_SERIAL, tuple(range(SHDLC_TEXT_MAX + 1))),)
    raise ValueError("protocol %r is none of %s" % (protocol, ", ".join([row.name for row in PROTOCOLS])))


def answers(failure: "Exception | None") -> bool:
    """Whether what a question ended with says that somebody is there. None: it was answered.

    A gateway that speaks for an instrument which does not answer is nobody.
    """
    if failure is None:
        return True
    return isinstance(failure, Refused) and failure.code not in GATEWAY_CODES


def check_reads(protocol: str, data: bytes, framing: "Framing" = RtuRequest) -> None:
    """Raises ValueError unless these bytes are a question of the closed list."""
    if protocol == "modbus":
        pdu = data[1:] if framing is RtuRequest else data[7:]
        good = pdu[:1] != b"" and (pdu[0] in MODBUS_READS or pdu[:2] == b"\x2b\x0e")
    elif protocol == "bayern-hessen":
        good = data[:3] == b"\x02DA" and data[3:6].isdigit() and data[6:7] == b"\x03"
    elif protocol == "c-link":
        good = data[1:] == b"flags\r"
    elif protocol == "ak":
        good = data[2:] == b"AKEN K0\x03"
    elif protocol == "dcon":
        good = data[:1] == b"$" and data[3:4] == b"M" and data[4:] in (b"\r", checksum(data[:4]) + b"\r")
    elif protocol == "umb":
        good = data[:2] == b"\x01\x10" and data[8:9] == b"\x23"
    else:
        good = protocol == "shdlc" and data[:1] == b"\x7e" and unstuffed(data)[1:2] == DEVICE_INFO_BYTE
    if not good:
        raise ValueError("%s: %r is not one of the questions that only read" % (protocol, data))


def only_reads(protocol: str, talk: "Talk", framing: "Framing" = RtuRequest) -> "Talk":
    """The same conversation, each of its questions held against the closed list before it is asked."""
    try:
        request = talk.send(None)
        while True:
            check_reads(protocol, request.encode(), framing)
            try:
                value = yield request
            except Exception as failure:
                request = talk.throw(failure)
            else:
                request = talk.send(value)
    except StopIteration as end:
        return end.value


def ask(request: "Request") -> "Generator[Request, Any, tuple[Any, Exception | None]]":
    """One question, whatever becomes of it: (value, None) or (None, failure)."""
    try:
        value = yield request
    except (NoAnswer, Refused, WireError) as failure:
        return None, failure
    return value, None


def identified(
    protocol: str,
    address: "int | None",
    drivers: "list[tuple[str, str, Any]]",
    framing: "Framing" = RtuRequest,
) -> "Talk":
    """A conversation with somebody who is there: returns a Found.

    drivers: (name, protocol, proof) of the named ones: a register map's profile, else the texts of
    which one begins what such an instrument says of itself. `fits` holds those that are so proved,
    `could_be` those whose registers it lets be read (or, of another protocol, all that speak it), the
    most particular first.
    """
    of_protocol = [(name, profile) for name, spoken, profile in drivers if spoken == protocol]
    if protocol == "modbus":
        assert address is not None
        return (yield from _modbus(address, of_protocol, framing))
    facts = []
    for request in presence(protocol, address):
        value, failure = yield from ask(request)
        if failure is None:
            facts.extend(_said(protocol, value))
    fits = [name for name, texts in of_protocol if any(_begins(facts, text) for text in texts)]
    return Found(tuple(facts), tuple(fits), () if fits else tuple([name for name, _ in of_protocol]))


def _begins(facts: "list[tuple[str, str]]", text: str) -> bool:
    return any(said.startswith(text) for _, said in facts)


def _said(protocol: str, value: "Any") -> "list[tuple[str, str]]":
    """What the answer to a question of presence says of the instrument."""
    if protocol == "bayern-hessen":
        return [("values", "%d" % len(value)), ("serial number", value[0].serial)] if value else []
    if protocol == "ak":
        return [("identification", " ".join(value[1]))]
    if protocol == "shdlc":
        text = bytes(value).split(b"\x00")[0]
        return [("serial number", "".join([chr(byte) for byte in text if 32 <= byte < 127]))]
    if protocol == "dcon":
        return [("name", "%s" % value)]
    if protocol == "umb":
        return [("channel %d" % value.channel, "%s" % value.value)]
    return [("flags", "%s" % value)]


class Known:
    """What one Modbus instrument has said so far: no question is asked twice."""

    def __init__(self, address: int, framing: "Framing") -> None:
        self.address = address
        self.framing = framing
        self.objects: dict[int, str] = {}
        self.has_objects = True
        self._asked: dict[Hashable, tuple[Any, Exception | None]] = {}
        self._lacks: dict[int, Exception] = {}  # functions that it says it does not have

    def read(self, pdu: "Any") -> "Generator[Request, Any, tuple[Any, Exception | None]]":
        key = pdu.encode()
        if pdu.function in self._lacks:
            return None, self._lacks[pdu.function]
        if key not in self._asked:
            self._asked[key] = yield from ask(self.framing(self.address, pdu))
            failure = self._asked[key][1]
            if isinstance(failure, Refused) and failure.code == ILLEGAL_FUNCTION:
                self._lacks[pdu.function] = failure
        return self._asked[key]

    def all_objects(self, numbers: "list[int]") -> "Talk":
        """The basic objects, and each of `numbers` that is not among them."""
        try:
            found = yield from identify(lambda pdu: self.framing(self.address, pdu))
            self._keep(found)
        except Refused as refusal:
            self.has_objects = refusal.code != ILLEGAL_FUNCTION
        except (NoAnswer, WireError):
            self.has_objects = False
        for number in numbers:
            if self.has_objects and number not in self.objects:
                value, failure = yield from self.read(ReadIdentity(INDIVIDUAL, number))
                if failure is None:
                    self._keep(value.objects)
                elif not isinstance(failure, Refused):
                    self.has_objects = False  # it does not even refuse: no use in asking on

    def _keep(self, objects: "tuple[tuple[int, bytes], ...]") -> None:
        for number, text in objects:
            self.objects[number] = printed(text)


def _modbus(address: int, profiles: "list[tuple[str, Any]]", framing: "Framing") -> "Talk":
    known = Known(address, framing)
    entries = [entry for _, profile in profiles for entry in profile.get("identity", ())]
    yield from known.all_objects(sorted({entry["object"] for entry in entries if "object" in entry}))
    facts: list[tuple[str, str]] = []
    fits, could_be = [], []
    for name, profile in profiles:
        said: list[tuple[str, str]] = []
        proved = yield from _proved(known, profile)
        if proved is False:
            continue
        registers = yield from _readable(known, profile)
        if registers:
            said = yield from _facts_of(known, profile)
        if proved and registers:
            fits.append((name, said))
        elif registers:
            could_be.append((-registers, name, said))
    could_be.sort(key=lambda row: row[:2])
    # What registers say has a meaning only where one driver alone explains them.
    for said in [said for _, said in fits] or [said for _, _, said in could_be if len(could_be) == 1]:
        facts.extend([fact for fact in said if fact not in facts])
    explained = [value for _, value in facts]
    for number in sorted(known.objects):
        if known.objects[number] not in explained:
            name = OBJECT_NAMES[number] if number < len(OBJECT_NAMES) else "object %d" % number
            facts.append((name, known.objects[number]))
    if not fits and not could_be:
        _, failure = yield from known.read(ReadBits(READ_COILS, 0, 1))
        if failure is None:
            facts.append(("coils", "can be read, as of a relay module (docs/outputs.md)"))
    return Found(tuple(facts), tuple([name for name, _ in fits]), tuple([name for _, name, _ in could_be]))


def _proved(known: Known, profile: "dict[str, Any]") -> "Generator[Request, Any, bool | None]":
    """True: it is that model; False: it is not; None: nothing proves it."""
    proved = None
    for entry in profile.get("identity", ()):
        if "is" in entry:
            if (yield from _told(known, entry)) != entry["is"]:
                return False
            proved = True
    return proved


def _facts_of(known: Known, profile: "dict[str, Any]") -> "Generator[Request, Any, list[tuple[str, str]]]":
    """What it says of itself. Asked only where the profile fits otherwise: each costs a question."""
    said = []
    for entry in profile.get("identity", ()):
        value = yield from _told(known, entry)
        if value is not None:
            said.append((entry["name"], "%s" % value))
    return said


def _told(known: Known, entry: "dict[str, Any]") -> "Generator[Request, Any, int | float | str | None]":
    if "object" in entry:
        return known.objects.get(entry["object"])
    return (yield from _register(known, entry))


def _register(known: Known, entry: "dict[str, Any]") -> "Generator[Request, Any, int | float | str | None]":
    function = READ_INPUT if entry["table"] == "input" else READ_HOLDING
    pdu = ReadRegisters(function, entry["register"], span_of(entry))
    registers, failure = yield from known.read(pdu)
    return None if failure is not None else said_by(entry, registers)


def _readable(known: Known, profile: "dict[str, Any]") -> "Generator[Request, Any, int]":
    """How many registers the profile reads, where the instrument lets all of them be read; else 0."""
    driver = RegisterDriver(known.address, profile, any_settings(profile), known.framing)
    count = 0
    for request in driver.questions():
        pdu = request.pdu  # type: ignore[attr-defined]
        _, failure = yield from known.read(pdu)
        if failure is not None:
            return 0
        count += pdu.count
    return count


def any_settings(profile: "dict[str, Any]") -> "dict[str, Any]":
    """Values that let a profile ask its questions; what the answers mean is not looked at."""
    usual: dict[str, Any] = {"number": 1, "integer": 1, "string": "-", "list": []}
    return {
        setting["name"]: (setting.get("choices") or [usual[setting["type"]]])[0]
        for setting in profile.get("setting", ())
    }
