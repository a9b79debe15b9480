"""The sun, and how much it stirs the air."""

import math

__all__ = ["elevation", "radiation_w_m2", "stability"]

DAY_S = 86400


def elevation(latitude_deg: float, day_of_year: int, second_of_day: float) -> float:
    """Sine of the sun's height; below 0 at night. Local time is taken as the sun's own.

    Declination: Cooper (1969), 23.45 deg sin(360 (284 + n) / 365).
    """
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day_of_year) / 365)
    hour_angle = 2 * math.pi * (second_of_day / DAY_S - 0.5)
    latitude = math.radians(latitude_deg)
    level, upright = math.sin(latitude) * math.sin(declination), math.cos(latitude) * math.cos(declination)
    return level + upright * math.cos(hour_angle)


def radiation_w_m2(sine: float, cloud: float) -> float:
    """Global radiation; cloud: 0..1 of the sky. Kasten and Czeplak (1980), Solar Energy 24, 177."""
    return max(0.0, 910 * sine - 30) * (1 - 0.75 * math.pow(cloud, 3.4))


# Pasquill (1961), as in Gifford (1976). By wind below 2, 3, 5, 6 m/s and above: strong, moderate and
# slight sun, then night with at least half the sky clouded, and with less. Where two classes stand, the
# more stable; calm nights, which the table leaves open, as the row below.
CLASSES = ("ABBEF", "BBCEF", "BCCDE", "CDDDD", "CDDDD")
WINDS_M_S = (2, 3, 5, 6, math.inf)
OVERCAST = 7 / 8


def stability(wind_m_s: float, sine: float, cloud: float) -> str:
    """Pasquill's class, A to F. wind: mean at 10 m.

    The sun is strong above 60 degrees, moderate above 35, slight below (Turner 1970), and one step
    weaker where more than half the sky is clouded.
    """
    if cloud >= OVERCAST:
        return "D"
    row = next(row for row, below in zip(CLASSES, WINDS_M_S, strict=True) if wind_m_s < below)
    if sine <= 0:
        return row[3 if cloud >= 0.5 else 4]
    strength = 0 if sine > math.sin(math.radians(60)) else 1 if sine > math.sin(math.radians(35)) else 2
    return row[min(2, strength + (cloud > 0.5))]
