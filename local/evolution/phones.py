"""How the phone behind a number behaves: by its last four digits, or as a script says. `described` lists them.

A script (POST /_control/phones/{number}) replaces the table for one phone: {"like": "failed"} names a row of it,
and any field of `Behaviour` changes that row, e.g. {"statuses": [["server_ack", 0.1], ["read", [1, 2]]], "copies": 3}.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from local.evolution import inbound, presets
from local.evolution.clock import Seconds
from local.evolution.faults import Fault
from local.evolution.jid import create_jid, digits_of

_ANSWER_SECONDS = Seconds(0.005, 0.03)
_REPLY_SECONDS = Seconds(0.1, 0.5)


@dataclass(frozen=True, slots=True)
class Step:
    """One status of a message and when it is reached, counted from the acceptance, never before the step before it.

    Statuses are neutral: server_ack, delivered, read, played, failed. Webhooks have the integration's own word for
    each. Any other status is reported in capitals, as Evolution does with new words of Meta.
    """

    status: str
    after: Seconds


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a phone does with one message.

    - `registered` false refuses it, on the Cloud API with Meta's error `meta_code`; a `meta_code` alone refuses it on
      the Cloud API only.
    - `answer_seconds` is how long Evolution takes until the message is out.
    - Each webhook is posted `copies` times.
    - `overtake` posts the webhooks of the statuses in reverse, once all are reached.
    - `early` holds the HTTP answer until the webhooks of the send and of the first status were attempted.
    - `reply` is sent `reply_seconds` after the last status: as a text, or `reply_as` an image with this caption, a
      voice note, a sticker or a reaction. With `reply_quotes` it quotes the message.
    - `fault` replaces the HTTP answer.
    """

    registered: bool = True
    meta_code: int | None = None
    answer_seconds: Seconds = _ANSWER_SECONDS
    statuses: tuple[Step, ...] = ()
    copies: int = 1
    overtake: bool = False
    early: bool = False
    reply: str | None = None
    reply_as: str = "text"
    reply_quotes: bool = False
    reply_seconds: Seconds = _REPLY_SECONDS
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if self.copies < 1:
            raise ValueError("copies is at least 1")
        if self.reply_as not in inbound.KINDS:
            raise ValueError(f"reply_as is one of {', '.join(inbound.KINDS)}")

    def to_json(self) -> dict[str, Any]:
        """The JSON that `parse` reads."""
        seconds = {name: [value.low, value.high] for name, value in _seconds_fields(self)}
        steps = [[step.status, [step.after.low, step.after.high]] for step in self.statuses]
        return asdict(self) | seconds | {"statuses": steps}


def _seconds_fields(behaviour: Behaviour) -> list[tuple[str, Seconds]]:
    values = ((f.name, getattr(behaviour, f.name)) for f in fields(behaviour))
    return [(name, value) for name, value in values if isinstance(value, Seconds)]


_ACKED = Step("server_ack", Seconds(0.05, 0.15))
_DELIVERED = Step("delivered", Seconds(0.2, 1.5))
_READ = Step("read", Seconds(0.3, 3.0))
NORMAL = Behaviour(statuses=(_ACKED, _DELIVERED, _READ))

TABLE: Mapping[str, tuple[str, str, Behaviour]] = {
    "90": (
        "slow",
        "Evolution answers the send after about 1.5 s",
        replace(NORMAL, answer_seconds=Seconds(1.4, 1.6)),
    ),
    "91": ("unread", "delivered, never read", replace(NORMAL, statuses=(_ACKED, _DELIVERED))),
    "92": ("undelivered", "accepted by the server, never delivered", replace(NORMAL, statuses=(_ACKED,))),
    "93": (
        "failed",
        "accepted by the server, then ERROR (Cloud API: FAILED)",
        replace(NORMAL, statuses=(_ACKED, Step("failed", Seconds(0.2, 1.0)))),
    ),
    "94": (
        "unregistered",
        "not on WhatsApp: 400 exists:false (Cloud API: 201 with Meta's error 131026, no key)",
        replace(NORMAL, registered=False),
    ),
    "95": ("opts_out", "read, then replies SAIR", replace(NORMAL, reply="SAIR")),
    "96": ("replies", "read, then replies a normal text", replace(NORMAL, reply="Obrigado! Ainda tem no azul?")),
    "97": ("duplicated", "every webhook twice", replace(NORMAL, copies=2)),
    "98": (
        "overtaken",
        "webhooks arrive in reverse: READ, DELIVERY_ACK, SERVER_ACK",
        replace(NORMAL, overtake=True),
    ),
    "99": ("early", "webhooks arrive before the HTTP answer of the send", replace(NORMAL, early=True)),
}
NAMED: Mapping[str, Behaviour] = {"normal": NORMAL} | {name: behaviour for name, _, behaviour in TABLE.values()}


def described() -> str:
    """The table in words: a line for each ending of a number."""
    rows = [(f"{prefix}xx", name, text) for prefix, (name, text, _) in TABLE.items()]
    rows.append(("others", "normal", "delivered and read"))
    return "\n".join(f"  {ending:<6}  {name:<12}  {text}" for ending, name, text in rows)


def by_number(number: str) -> Behaviour:
    """The row of the table for the last four digits; fewer digits are normal."""
    digits = digits_of(number)
    row = TABLE.get(digits[-4:-2]) if len(digits) >= 4 else None
    return row[2] if row else NORMAL


def changed(behaviour: Behaviour, script: Mapping[str, Any]) -> Behaviour:
    """A behaviour changed by a script: its fields, on top of a row of the table if `like` names one.

    Raises:
        ValueError, TypeError: the script makes no sense.
    """
    given = dict(script)
    like = given.pop("like", None)
    if like is not None and like not in NAMED:
        raise ValueError(f"like is one of {', '.join(NAMED)}")
    for name, value in given.items():
        if name.endswith("_seconds"):
            given[name] = Seconds.parse(value)
    if "statuses" in given:
        given["statuses"] = tuple(Step(str(status), Seconds.parse(after)) for status, after in given["statuses"])
    if given.get("fault") is not None:
        given["fault"] = presets.parse_answer(given["fault"])
    return replace(NAMED[like] if like is not None else behaviour, **given)


def parse_behaviour(script: Mapping[str, Any], number: str) -> Behaviour:
    """A script's behaviour, on top of `like` or of the number's row; ValueError or TypeError if malformed."""
    return changed(by_number(number), script)


class Phones:
    """All phones: the scripted ones, and the table for the others."""

    def __init__(self) -> None:
        self._scripted: dict[str, Behaviour] = {}

    def script(self, number: str, behaviour: Behaviour) -> None:
        """Replace a phone's behaviour; the number may be written with or without the ninth digit."""
        self._scripted[create_jid(number)] = behaviour

    def forget(self, number: str) -> None:
        """Back to the table."""
        self._scripted.pop(create_jid(number), None)

    def behaviour(self, number: str) -> Behaviour:
        """What the phone will do with a message sent now."""
        return self._scripted.get(create_jid(number)) or by_number(number)
