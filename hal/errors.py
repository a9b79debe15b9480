"""What a technician reads: where it is, what is wrong, what to do next."""

__all__ = ["HalError", "PortError"]


class HalError(Exception):
    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where, self.what, self.hint = where, what, hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class PortError(HalError):
    """A port cannot be opened, or was lost."""
