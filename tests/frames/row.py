"""One frame of a real instrument, and what a codec must make of it.

A row is (kind, source, question, frame, expected): `question` is the Request that asks, or whose
`parse` is held against the frame. Runs on MicroPython too, so that both interpreters are held
against the very same rows.
"""

__all__ = ["as_bytes", "check", "check_damage", "refused", "reply", "request", "unfinished"]

CONTROLS = (("<STX>", 2), ("<ETX>", 3), ("<LF>", 10), ("<CR>", 13), ("<ESC>", 27))


def as_bytes(text):
    """`01 03 ...` as hex digits; a text that begins with `'` is ASCII, with <STX>, <CR> and the like."""
    if text[:1] != "'":
        return bytes.fromhex(text.replace(" ", ""))
    text = text[1:]
    for name, code in CONTROLS:
        text = text.replace(name, chr(code))
    return text.encode()


def request(source, question, frame):
    """The codec must produce this frame byte for byte."""
    return ("request", source, question, as_bytes(frame), None)


def reply(source, question, frame, expected):
    """The codec must read `expected` out of this frame, and wait while any byte of it is missing."""
    return ("reply", source, question, as_bytes(frame), expected)


def refused(source, question, frame, field):
    """The codec must refuse this frame for what it names: the field of a WireError, or a refusal's code."""
    return ("refused", source, question, as_bytes(frame), field)


def unfinished(source, question, frame):
    """The codec must wait for more, for ever: it is the line that ends such an answer."""
    return ("unfinished", source, question, as_bytes(frame), None)


def check(row):
    """Raises AssertionError where the codec does not do what the row says."""
    kind, source, question, frame, expected = row
    if kind == "request":
        got = question.encode()
        assert got == frame, (source, got, frame)
        return
    got, failure = None, None
    try:
        got = question.parse(frame)
    except Exception as error:
        failure = error
    if kind == "refused":
        assert failure is not None, (source, "was taken", got)
        reason = getattr(failure, "field", getattr(failure, "code", None))
        assert reason == expected, (source, reason, expected, str(failure))
    else:
        assert failure is None, (source, str(failure))
        assert got == expected, (source, got, expected)
    if kind == "reply" and hasattr(question, "length"):
        for size in range(question.length(frame)):
            assert question.parse(frame[:size]) is None, (source, "was not waited for", frame[:size])


def check_damage(row):
    """One bit wrong in any byte of a reply: never a value. For tables that say CHECKED = True."""
    kind, source, question, frame, _ = row
    if kind != "reply" or not hasattr(question, "length") or not getattr(question, "crc", True):
        return
    for at in range(question.length(frame)):
        bad = frame[:at] + bytes((frame[at] ^ 0x10,)) + frame[at + 1 :]
        try:
            value = question.parse(bad)
        except Exception:
            continue
        assert value is None, (source, f"was taken with byte {at + 1} wrong", value)
