"""State of an earlier run, read at the start: damage to it must not keep the agent from starting."""

from store.errors import StoreError
from store.journal import Journal

__all__ = ["load_state"]


def load_state(journal: Journal, key: str) -> object | None:
    """The last committed state of that key, None where there is none.

    One that can no longer be read is a text that says why: nobody takes it for a state, so whoever
    gets it reports it and begins anew. Where the file itself is damaged, the next commit finds out.
    """
    try:
        return journal.load(key)
    except (StoreError, ValueError) as error:
        return f"unreadable: {error}"
