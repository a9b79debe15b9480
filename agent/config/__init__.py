"""The station file: read, checked whole, handed on as frozen plain values."""

from agent.config.bench import examine_bench
from agent.config.findings import ConfigErrors, Finding
from agent.config.model import StationFile
from agent.config.reader import examine, load

__all__ = ["ConfigErrors", "Finding", "StationFile", "examine", "examine_bench", "load"]
