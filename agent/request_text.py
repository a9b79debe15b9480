"""What a person has written into a request: who, why, which cylinder."""

from collections.abc import Mapping
from typing import Any

__all__ = ["LONGEST_TEXT", "request_text"]

LONGEST_TEXT = 200


def request_text(request: Mapping[str, Any], key: str) -> str:
    """It is kept and shown to others, so it is short and printable. Raises ValueError."""
    text = request.get(key)
    if not isinstance(text, str) or not text.strip() or not text.isprintable() or len(text) > LONGEST_TEXT:
        raise ValueError(f"`{key}` is a text of 1..{LONGEST_TEXT} printable characters")
    return text.strip()
