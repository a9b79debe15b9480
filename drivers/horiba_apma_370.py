"""HORIBA APMA-370: CO.

Source: public driver Datalogger2, HoribaCollector.scala, HoribaApmaCollector.scala. Runs on MicroPython too.
"""

from drivers.horiba_ap_370 import ADDRESSES, SETTINGS, SHARED_LINE, HoribaAp370, about

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "HoribaApma370"]

ABOUT = about("APMA", "CO", 3)


class HoribaApma370(HoribaAp370):
    """address: its id, 0..9. settings: `unit`, `parameters`."""

    gases = ("co",)
