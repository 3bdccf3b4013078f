"""The country in a cell beside a phone: its name in Portuguese, Spanish or English, its code, or its calling code."""

import re
from functools import lru_cache
from typing import NamedTuple

from hidra.domain.imports.column_names import words
from hidra.domain.imports.no_answer import no_answer
from hidra.domain.phone import calling_code

# ISO 3166: the code of two letters, that of three, and names without accents.
_NAMES = """
AE ARE emirados arabes unidos/emiratos arabes unidos/united arab emirates
AO AGO angola
AR ARG argentina/republica argentina
AT AUT austria
AU AUS australia
BE BEL belgica/belgium
BG BGR bulgaria
BO BOL bolivia
BR BRA brasil/brazil
CA CAN canada
CH CHE suica/suiza/switzerland
CL CHL chile
CN CHN china
CO COL colombia
CR CRI costa rica
CU CUB cuba
CV CPV cabo verde/cape verde
CZ CZE republica checa/tchequia/chequia/czech republic/czechia
DE DEU alemanha/alemania/germany
DK DNK dinamarca/denmark
DO DOM republica dominicana/dominican republic
DZ DZA argelia/algeria
EC ECU equador/ecuador
EG EGY egito/egipto/egypt
ES ESP espanha/espana/spain
FI FIN finlandia/finland
FR FRA franca/francia/france
GB GBR reino unido/united kingdom/uk/inglaterra/england/gra bretanha/gran bretana/great britain/escocia/scotland
GF GUF guiana francesa/guayana francesa/french guiana
GR GRC grecia/greece
GT GTM guatemala
GW GNB guine bissau/guinea bissau
GY GUY guiana/guyana
HK HKG hong kong
HN HND honduras
HR HRV croacia/croatia
HT HTI haiti
HU HUN hungria/hungary
ID IDN indonesia
IE IRL irlanda/ireland
IL ISR israel
IN IND india
IR IRN ira/iran
IT ITA italia/italy
JM JAM jamaica
JP JPN japao/japon/japan
KE KEN quenia/kenia/kenya
KR KOR coreia do sul/corea del sur/south korea
LB LBN libano/lebanon
LU LUX luxemburgo/luxembourg
MA MAR marrocos/marruecos/morocco
MO MAC macau/macao
MX MEX mexico
MY MYS malasia/malaysia
MZ MOZ mocambique/mozambique
NG NGA nigeria
NI NIC nicaragua
NL NLD holanda/paises baixos/paises bajos/netherlands/the netherlands/holland
NO NOR noruega/norway
NZ NZL nova zelandia/nueva zelanda/new zealand
PA PAN panama
PE PER peru
PH PHL filipinas/philippines
PK PAK paquistao/pakistan
PL POL polonia/poland
PR PRI porto rico/puerto rico
PT PRT portugal
PY PRY paraguai/paraguay
RO ROU romenia/rumania/romania
RU RUS russia/rusia
SA SAU arabia saudita/saudi arabia
SE SWE suecia/sweden
SG SGP singapura/singapur/singapore
SN SEN senegal
SR SUR suriname/surinam
ST STP sao tome e principe/santo tome y principe/sao tome and principe
SV SLV el salvador
SY SYR siria/syria
TH THA tailandia/thailand
TL TLS timor leste/timor oriental/east timor
TR TUR turquia/turkey/turkiye
TT TTO trinidad e tobago/trinidad y tobago/trinidad and tobago
TW TWN taiwan
UA UKR ucrania/ukraine
US USA eua/e u a/u s a/u s/ee uu/eeuu/estados unidos/estados unidos da america/estados unidos de america/united states/united states of america
UY URY uruguai/uruguay
VE VEN venezuela
VN VNM vietna/vietnam
ZA ZAF africa do sul/sudafrica/south africa
"""  # noqa: E501
_ISO = {
    name: line[:2] for line in _NAMES.strip().splitlines() for name in (line[3:6].lower(), *line[7:].split("/"))
}  # fmt: skip
_OF_CODES = frozenset(("ddi", "codigo", "cod", "code"))
# A flag is two letters of its own alphabet.
_FLAGS = {0x1F1E6 + at: chr(ord("A") + at) for at in range(26)}
_DECIMALS = re.compile(r"(?<=\d)[.,]0$")
_MAX_CALLING_CODE = 4  # digits: with the first ones of a part of the North American plan, as 1809


class Country(NamedTuple):
    """``iso``: a code of two letters; else ``calling_code`` is given; neither: the cell is empty."""

    iso: str = ""
    calling_code: str = ""


@lru_cache(maxsize=1_000)
def country_of(cell: str) -> Country | None:
    """The country that the cell names; None if it names none that is known."""
    text = without_decimals(cell.strip())
    said = words(text) or words(text.translate(_FLAGS))
    digits = "".join(word for word in said if word.isdigit()).lstrip("0")
    letters = [word for word in said if not word.isdigit() and word not in _OF_CODES]
    if no_answer(text) or not said:
        return Country()
    if letters:
        iso = _iso(" ".join(letters))
        return Country(iso) if iso and (not digits or digits.startswith(calling_code(iso))) else None
    return Country(calling_code=digits) if 0 < len(digits) <= _MAX_CALLING_CODE else None


def names_country(cell: str) -> bool:
    """Whether the cell has a country's name or its code of letters."""
    found = country_of(cell)
    return found is not None and found.iso != ""


def without_decimals(text: str) -> str:
    """A whole number's digits: a spreadsheet's "11.0" and "21,0" have decimals."""
    return _DECIMALS.sub("", text)


def _iso(name: str) -> str:
    if name in _ISO:
        return _ISO[name]
    return name.upper() if len(name) == len("BR") and calling_code(name.upper()) else ""
