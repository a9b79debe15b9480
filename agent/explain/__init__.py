"""`fenceline explain`: what became of one value, and why there is no newer one."""

from agent.explain.explaining import Explaining

__all__ = ["Explaining"]
