"""How a country writes numbers and dates, by the ISO 3166 code of two letters.

Signs and the order of dates are Unicode's CLDR 45 and Windows' regional formats, which Excel shows. A country that is
not listed writes numbers with a point, and dates with the day first.
"""

from dataclasses import dataclass
from functools import cache

# Codes in one text each: a code of two letters is in it or not.
_COMMA = (
    "AD AO AR AT AZ BA BE BG BO BR BY CL CO CR CV CZ DE DK DZ EC EE ES FI FR GE GR GW HR HU ID IS IT KG KZ LT LU LV "
    "MA MC MD ME MK MZ NL NO PL PT PY RO RS RU SE SI SK SM ST TL TN TR UA UY UZ VA VE VN XK ZA"
)
_SPACE = "AO BG BY CR CV CZ DZ EE FI FR GE HU KG KZ LT LV MA MC MZ NO PL PT RU SE SK UA UZ ZA"
_MONTH_FIRST = "AS FM GU MH MP PH PR PW US VI"
_SHORT_DATES = {
    "m/d/yyyy": _MONTH_FIRST,
    "dd.mm.yyyy": "AT BY CH CZ DE EE FI HR IS KZ LV NO PL RO RS RU SI SK TR UA",
    "yyyy-mm-dd": "CA LT SE",
    "yyyy/mm/dd": "CN JP KR TW ZA",
    "dd-mm-yyyy": "CL DK IN NL",
    "yyyy.mm.dd": "HU",
}
_PORTUGUESE = "AO BR CV GW MZ PT ST TL"
_SPANISH = "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PY SV UY VE"
_CURRENCIES = {
    "R$": "BR",
    "£": "GB",
    "S/": "PE",
    "₲": "PY",
    "$U": "UY",
    "¥": "CN JP",
    "CHF": "CH",
    "€": "AD AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MC MT NL PT SI SK SM VA",
}
_WORDS = {"pt": ("FALSO", "VERDADEIRO"), "es": ("FALSO", "VERDADERO"), "en": ("FALSE", "TRUE")}  # of Excel's cells

# What a text says that is false or true, in small letters.
BOOLEANS = {value: sorted({words[value].lower() for words in _WORDS.values()}) for value in (False, True)}


@dataclass(frozen=True)
class Writing:
    """How numbers, dates and booleans are written.

    ``short_date`` is a date's code in Excel's number formats; ``booleans`` are the words for false and true.
    """

    decimal: str
    thousands: str
    currency: str
    short_date: str
    month_first: bool
    language: str
    booleans: tuple[str, str]


@cache
def writing(country: str) -> Writing:
    comma = country in _COMMA
    thousands = "\u00a0" if country in _SPACE else "." if comma else "’" if country == "CH" else ","
    language = "pt" if country in _PORTUGUESE else "es" if country in _SPANISH else "en"
    return Writing(
        decimal="," if comma else ".",
        thousands=thousands,
        currency=next((sign for sign, codes in _CURRENCIES.items() if country in codes), "$"),
        short_date=next((code for code, codes in _SHORT_DATES.items() if country in codes), "dd/mm/yyyy"),
        month_first=country in _MONTH_FIRST,
        language=language,
        booleans=_WORDS[language],
    )
