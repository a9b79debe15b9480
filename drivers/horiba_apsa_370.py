"""HORIBA APSA-370: SO2.

Source: public driver Datalogger2, HoribaCollector.scala, HoribaApsaCollector.scala. Runs on MicroPython too.
"""

from drivers.horiba_ap_370 import ADDRESSES, SETTINGS, SHARED_LINE, HoribaAp370, about

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "HoribaApsa370"]

ABOUT = about("APSA", "SO2", 4)


class HoribaApsa370(HoribaAp370):
    """address: its id, 0..9. settings: `unit`, `parameters`."""

    gases = ("so2",)
