"""HORIBA APOA-370: O3.

Source: public driver Datalogger2, HoribaCollector.scala, HoribaApoaCollector.scala. Runs on MicroPython too.
"""

from drivers.horiba_ap_370 import ADDRESSES, SETTINGS, SHARED_LINE, HoribaAp370, about

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "HoribaApoa370"]

ABOUT = about("APOA", "O3", 5)


class HoribaApoa370(HoribaAp370):
    """address: its id, 0..9. settings: `unit`, `parameters`."""

    gases = ("o3",)
