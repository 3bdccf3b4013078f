"""Faults drawn at random, from a seed and with given rates; the log names the fault of each send and webhook."""

import random
from collections.abc import Mapping
from typing import Any

from local.evolution import presets
from local.evolution.faults import AnyFault, WebhookFault


class Chaos:
    """A mix of faults for one subject.

    At most one is drawn for each scope: one for the answer of a send, one for its phone, one for each webhook. Each
    scope has its own draws, so that the same seed gives the n-th send the same fault regardless of webhooks.
    """

    def __init__(self, subject: str, seed: int, rates: Mapping[str, Any]) -> None:
        """Rates are {name of a fault: probability}, or {name: {"rate": probability, fields that change it}}.

        Raises:
            ValueError, TypeError: an unknown fault, or rates of one scope that are together more than 1.
        """
        self._script = {"seed": seed, "rates": dict(rates)}
        self._parts: dict[str, list[tuple[float, AnyFault]]] = {}
        for name, value in rates.items():
            changes = dict(value) if isinstance(value, Mapping) else {"rate": value}
            if "rate" not in changes:
                raise ValueError(f"{name} lacks a rate")
            rate = float(changes.pop("rate"))
            if not 0 <= rate <= 1:
                raise ValueError(f"the rate of {name} is between 0 and 1")
            # A draw is for one request: no fault of a mix counts down.
            fault = presets.parse({"fault": name, **changes, "times": None})
            scope: str = "sends" if fault.scope == "all" else fault.scope
            self._parts.setdefault(scope, []).append((rate, fault))
        for scope, parts in self._parts.items():
            if sum(rate for rate, _ in parts) > 1:
                raise ValueError(f"the rates for {scope} are together more than 1")
        self._rngs = {scope: random.Random(f"{seed}/{subject}/{scope}") for scope in self._parts}

    def draw(self, scope: str, event: str | None) -> AnyFault | None:
        """One draw for a send or a webhook; mostly None."""
        parts = self._parts.get(scope)
        if not parts:
            return None
        point = self._rngs[scope].random()
        for rate, fault in parts:
            point -= rate
            if point < 0:
                applies = not isinstance(fault, WebhookFault) or not fault.events or event in fault.events
                return fault if applies else None
        return None

    def to_json(self) -> dict[str, Any]:
        """The script that it was made from."""
        return self._script
