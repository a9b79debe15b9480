"""What a line reports, as a fault event: of what, in which state, in which words."""

__all__ = ["fault_of"]

NEWS = {  # what the line says: (of what, state, words)
    "port lost": ("line %s", "failing", "%s"),
    "port open": ("line %s", "recovered", "%s"),
    "second master": (
        "line %s second master",
        "failing",
        "another master talks on this line: %s; readings are flagged D until it is quiet again; a line "
        "bears one master: unplug the other one, or let it take its values from this station",
    ),
    "second master gone": ("line %s second master", "recovered", "%s"),
    "echo": (
        "line %s echo",
        "noticed",
        "%s; it is taken away all the same; set echo = true for this line, so that a write is never "
        "taken for its own answer",
    ),
}


def fault_of(line: str, what: str, detail: str) -> tuple[str, str, str]:
    """(what, state, detail) of the fault event."""
    subject, state, words = NEWS[what]
    return subject % line, state, words % detail
