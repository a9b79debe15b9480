"""HORIBA APNA-370: NO, NO2, NOx.

Source: public driver Datalogger2, HoribaCollector.scala, HoribaApnaCollector.scala. Runs on MicroPython too.
"""

from drivers.horiba_ap_370 import ADDRESSES, SETTINGS, SHARED_LINE, HoribaAp370, about

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "HoribaApna370"]

ABOUT = about("APNA", "NO, NO2, NOx", 1)


class HoribaApna370(HoribaAp370):
    """address: its id, 0..9. settings: `unit`, `parameters`."""

    gases = ("no", "no2", "nox")
