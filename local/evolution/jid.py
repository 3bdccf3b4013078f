"""Numbers and ids in the forms that Evolution gives them."""

import base64
import random
import re
import string

_SUFFIXED = ("@g.us", "@s.whatsapp.net", "@lid", "@broadcast")
_GROUP_DIGITS = 18
_GROUP_WITH_DASH = 23
_SEPARATORS = re.compile(r"[\s+()]")
_BRAZIL_WITH_NINTH = re.compile(r"^55(\d{2})\d(\d{8})$")
_BASE36 = string.digits + string.ascii_lowercase


def digits_of(number: str) -> str:
    """Only the digits of the part before `@` or `:`."""
    return re.sub(r"\D", "", re.split("[@:]", number, maxsplit=1)[0])


def create_jid(number: str) -> str:
    """The address Evolution sends to and answers with, which is not always the number given.

    A Brazilian number with an area code from 31 on, whose last eight digits start with 7, 8 or 9, loses its ninth
    digit; 13-digit Mexican and Argentine numbers lose the digit after the country. No other check: "abc" becomes
    "@s.whatsapp.net". Source: Evolution API 2.3.7, src/utils/createJid.ts.
    """
    number = re.sub(r":\d+", "", number)
    if any(suffix in number for suffix in _SUFFIXED):
        return number
    number = _SEPARATORS.sub("", number).split(":")[0].split("@")[0]
    if "-" in number and len(number) >= _GROUP_WITH_DASH:
        return re.sub(r"[^\d-]", "", number) + "@g.us"
    digits = re.sub(r"\D", "", number)
    if len(digits) >= _GROUP_DIGITS:
        return f"{digits}@g.us"
    if digits[:2] in ("52", "54") and len(digits) == 13:
        digits = digits[:2] + digits[3:]
    brazilian = _BRAZIL_WITH_NINTH.match(digits)
    if brazilian and int(brazilian[1]) >= 31 and brazilian[2][0] in "789":
        digits = f"55{brazilian[1]}{brazilian[2]}"
    return f"{digits}@s.whatsapp.net"


class Ids:
    """Ids in the styles of Baileys, the Cloud API and Evolution's own rows.

    Drawn from the system by default, not from the seed: a simulator started again must not repeat the message ids of
    the one before, which Hidra has stored.
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng or random.SystemRandom()

    def baileys(self) -> str:
        """22 capitals: `3EB0` and 18 hexadecimal digits."""
        return f"3EB0{self._rng.getrandbits(72):018X}"

    def phone(self) -> str:
        """The form of messages sent by a phone: `3A` and 18 hexadecimal digits."""
        return f"3A{self._rng.getrandbits(72):018X}"

    def cloud(self, digits: str) -> str:
        """`wamid.` and a base64 that holds the recipient's number, as Meta's do."""
        tail = f"{self._rng.getrandbits(72):018X}".encode()
        to = digits.encode()
        raw = b"\x1c\x18" + bytes([len(to)]) + to + b"\x15\x02\x00\x11\x18\x12" + tail + b"\x00"
        return "wamid." + base64.b64encode(raw).decode()

    def row(self) -> str:
        """The shape of a cuid, Evolution's ids of rows."""
        return "cm" + "".join(self._rng.choices(_BASE36, k=23))

    def uuid(self) -> str:
        """A random UUID, Evolution's instance ids."""
        raw = f"{self._rng.getrandbits(128):032x}"
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
