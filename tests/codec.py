"""What every codec's property tests ask; a codec may answer in four ways and no other."""

from drivers.exchange import Refused, WireError


def said(request, buf):
    """("value", it), ("refused", code), ("wrong", field) or ("unfinished", None)."""
    try:
        value = request.parse(buf)
    except WireError as error:
        return "wrong", error.field
    except Refused as refusal:
        return "refused", refusal.code
    return ("unfinished", None) if value is None else ("value", value)


def whole(request, answer):
    """What a whole answer says; none of its prefixes says anything, and bytes behind it are nobody's."""
    for size in range(len(answer)):
        assert said(request, answer[:size]) == ("unfinished", None), (size, answer[:size])
    got = said(request, answer)
    assert got[0] in ("value", "refused"), got
    assert request.length(answer + b"\x00\xff\r\x03") == len(answer)
    assert said(request, answer + b"\x00\xff\r\x03") == got
    assert said(request, bytearray(answer)) == got
    assert len(answer) <= request.longest
    return got[1]


def ends_as_stated(request, buf):
    """Whatever came: one of the four ways; beyond the longest answer, waiting is none of them."""
    got = said(request, buf)
    assert got[0] != "unfinished" or len(buf) <= request.longest, (len(buf), request.longest)
    return got


def damaged(answer, at, byte):
    """The answer with another byte at one place (modulo its length); None where it is the same."""
    at %= len(answer)
    if answer[at] == byte:
        return None
    return answer[:at] + bytes((byte,)) + answer[at + 1 :]


def sees_every_wrong_byte(request, answer, but=()):
    """Any byte of the answer replaced by any other, at every place: never a value, nor a refusal.

    but: the (place, byte) pairs that the protocol's check cannot see, which must be taken as such.
    """
    assert said(request, answer)[0] in ("value", "refused")
    for at in range(len(answer)):
        for byte in range(256):
            bad = damaged(answer, at, byte)
            if bad is not None:
                got = said(request, bad)
                assert (got[0] in ("wrong", "unfinished")) == ((at, byte) not in but), (at, byte, got)
