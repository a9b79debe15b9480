# MicroPython has no typing; annotations are never evaluated there, only this name is asked for.
TYPE_CHECKING = False
