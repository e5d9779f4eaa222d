"""The direction of a linear gradient, as in CSS: degrees clockwise, 0 points up, 90 to the right (AP-8).

    angle = [ "-" / "+" ] 1*15DIGIT [ "." 1*15DIGIT ]

Any such number counts modulo 360. Kept in whole thousandths of a degree, so that no float decides a byte.
"""

import re
from functools import lru_cache

from placeholder.errors import BadParameter

_ANGLE = re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,15}))?")
_TURN = 360_000
_PI = 3.141592653589793


def parse_angle(text: str) -> int:
    """`text` in thousandths of a degree, 0 … 359,999. Raises BadParameter."""
    match = _ANGLE.fullmatch(text)
    if not match:
        raise BadParameter("angle", "a decimal number of degrees, such as 120 or -22.5")
    thousandths = int(match[2]) * 1000 + int((match[3] or "")[:3].ljust(3, "0"))
    return (-thousandths if match[1] == "-" else thousandths) % _TURN


@lru_cache(maxsize=4096)
def direction(thousandths: int) -> tuple[float, float]:
    """The unit vector of an angle: x to the right, y down.

    Summed here because libm's sine may differ in the last bit from one machine to the next (P-17)."""
    return _sine(thousandths), -_sine(thousandths + _TURN // 4)


def _sine(thousandths: int) -> float:
    quarter, rest = divmod(thousandths % _TURN, _TURN // 4)
    if quarter & 1:
        rest = _TURN // 4 - rest
    x = rest * _PI / (_TURN // 2)
    q = x * x
    # The Taylor series as Horner has it; the first term left out is below 1e-11 within a quarter turn.
    sine = x * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72 * (1 - q / 110 * (1 - q / 156 * (1 - q / 210)))))))
    return -sine if quarter & 2 else sine
