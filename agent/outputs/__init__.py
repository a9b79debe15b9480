"""Relays and contacts: which position each is to be in, and keeping it there."""

from agent.outputs.outputs import Outputs

__all__ = ["Outputs"]
