"""The program's version, as pyproject.toml names it."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["VERSION"]

try:
    VERSION = version("fenceline")
except PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "0+unknown"
