"""The units that drivers may give their channels: one spelling for each, in plain ASCII.

A reading carries its unit to the platform, and a rule's unit is compared with it as text.
"""

__all__ = ["UNITS"]

# By line: concentrations; counts of particles; climate; weather (Bft: wind force; 1/km: extinction of light);
# flows; electric; the rest (count: as an analog module says it; 1: a pure number).
WORDS = """
ppm ppb %LEL %vol mg/m3 ug/m3 g/m3 mgC/m3 ppmC LEL.m ppm.m
1/cm3 1/0.1L 1/L
degC degF % hPa kPa Pa mbar mmHg inHg atm
m/s km/h mph kn deg Bft mm mm/h in W/m2 lx klx dB 1/km 1/m
L/min mL/min m3/h m3/s ft3/min L m3
mA A V mV kV W kW kWh Hz kHz Ohm
s min h d kg kg/h mg ug um rpm count pH uSv/h 1
"""
UNITS = tuple(WORDS.split())
