"""One message from the request to its last webhook. Source: Evolution API 2.3.7 and 2.4.0, both services."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.evolution import inbound
from local.evolution.answers import Answer, spoil
from local.evolution.clock import Clock
from local.evolution.content import Content
from local.evolution.errors import ErrorResponse, bad_request, envelope
from local.evolution.faults import ANY, FaultBook
from local.evolution.instance import Instance
from local.evolution.jid import Ids, create_jid, digits_of
from local.evolution.log import Log
from local.evolution.messages import Row, inbound_data, lid, sent_answer, status_data, status_word
from local.evolution.phones import Behaviour, Phones, changed
from local.evolution.records import Send, StatusEvent
from local.evolution.versions import Version
from local.evolution.webhooks import Webhooks

UNREGISTERED_CODE = 131026
_META = {
    190: "Error validating access token: Session has expired on Sunday, 01-Jan-26 00:00:00 PST.",
    130429: "(#130429) Rate limit hit",
    131026: "(#131026) Message undeliverable",
    131030: "(#131030) Recipient phone number not in allowed list",
    131048: "(#131048) Spam rate limit hit",
    131056: "(#131056) (Business Account, Consumer Account) pair rate limit hit",
}
_EARLY_SECONDS = 5.0


class Sender:
    """Accepts messages and plays their phones."""

    def __init__(
        self,
        log: Log,
        webhooks: Webhooks,
        phones: Phones,
        faults: FaultBook,
        *,
        clock: Clock,
        rng: random.Random,
        ids: Ids,
        disconnect: Callable[[Instance, int, Sequence[str]], None],
        version: Version,
        of_number: Callable[[str], Instance | None],
    ) -> None:
        self._version = version
        self._log = log
        self._webhooks = webhooks
        self._phones = phones
        self._faults = faults
        self._clock = clock
        self._rng = rng
        self._ids = ids
        self._disconnect = disconnect
        self._of_number = of_number

    async def send(self, instance: Instance, content: Content, send: Send) -> Answer:
        """Decide the answer to the client; an accepted message continues in a task of its own."""
        subjects = (create_jid(content.number), instance.name, ANY)
        fault, changes = self._faults.answer_fault(subjects, scope="sends"), self._faults.phone_fault(subjects)
        send.fault = "+".join(each.name for each in (fault, changes) if each) or None
        if fault and fault.disconnect:
            self._disconnect(instance, fault.disconnect, fault.order)
        if fault and not fault.lets_through:
            return await spoil(fault, self._clock)
        behaviour = self._phones.behaviour(content.number)
        if changes:
            behaviour = changed(behaviour, changes.phone)
        try:
            answer = await self._post(instance, content, behaviour, send)
        except ErrorResponse as error:
            answer = Answer(error.status, error.body, error=error.body)
        return await spoil(fault, self._clock, answer) if fault else answer

    async def _post(self, instance: Instance, content: Content, behaviour: Behaviour, send: Send) -> Answer:
        if not instance.cloud:
            _refuse_unconnected(instance)
            if not behaviour.registered:
                jid = create_jid(content.number)
                raise bad_request({"jid": jid, "exists": False, "number": content.number})
            # The web client shows "composing" and keeps the request open; the Cloud API ignores the delay.
            await self._clock.keep_waiting(content.delay_ms / 1000)
        await self._clock.keep_waiting(behaviour.answer_seconds.draw(self._rng))
        code = behaviour.meta_code or (None if behaviour.registered else UNREGISTERED_CODE)
        if instance.cloud and code:
            error = self._meta_error(code)
            return Answer(201, error, error=error)
        row = self._accept(instance, content, send)
        body = sent_answer(row, cloud=instance.cloud)
        posted = self._emit(instance, "send.message", body, behaviour=behaviour, send=send)
        first_status_posted = asyncio.Event()
        self._log.hold(send)
        self._webhooks.spawn(self._play_phone(instance, row, behaviour, send, first_status_posted))
        if behaviour.early:
            await _wait_for_all(posted, first_status_posted)
        return Answer(201, body)

    def _accept(self, instance: Instance, content: Content, send: Send) -> Row:
        if instance.cloud:
            provider_id = self._ids.cloud(digits_of(content.number))
        elif content.message_id and self._version.takes_message_id:
            provider_id = content.message_id
        else:
            provider_id = self._ids.baileys()
        jid = create_jid(content.number)
        key = {"remoteJid": jid, "fromMe": True, "id": provider_id}
        source, name = ("unknown", None) if instance.cloud else ("web", "Você")
        row = Row(self._ids.row(), key, name, content.kind, content.message, self._stamp(instance), source, instance.id)
        instance.messages.add(row)
        self._log.accept(send, provider_id)
        return row

    def _stamp(self, instance: Instance) -> int:
        """Epoch seconds, rounded on the Cloud API and cut off on Baileys, as the two services do."""
        return round(self._clock.now()) if instance.cloud else int(self._clock.now())

    def _meta_error(self, code: int) -> dict[str, Any]:
        """Meta's error object, which the Cloud API integration answers with 201 and without a key."""
        text = _META.get(code, f"(#{code}) Meta error")
        details = {"messaging_product": "whatsapp", "details": text.split(") ", 1)[-1]}
        trace = f"A{self._ids.baileys()[4:].lower()}"
        return {"message": text, "type": "OAuthException", "code": code, "error_data": details, "fbtrace_id": trace}

    def _emit(
        self,
        instance: Instance,
        event: str,
        data: Mapping[str, Any],
        *,
        behaviour: Behaviour,
        send: Send,
        status: StatusEvent | None = None,
    ) -> asyncio.Event:
        """Post an event as often as the phone makes it; the result is set by the first copy's first attempt."""
        copies = range(behaviour.copies)
        posted = [self._webhooks.emit(instance, event, data, send=send, status=status) for _ in copies]
        return posted[0]

    async def _play_phone(
        self, instance: Instance, row: Row, behaviour: Behaviour, send: Send, first_status_posted: asyncio.Event
    ) -> None:
        """The statuses in order, their webhooks in the order of the behaviour, then the reply."""
        try:
            moment = start = self._clock.passing()
            held_back: list[StatusEvent] = []
            for step in behaviour.statuses:
                moment = max(moment, start + step.after.draw(self._rng))
                await self._clock.until(moment)
                word = status_word(step.status, cloud=instance.cloud)
                status = self._log.record_status(send, step.status, word)
                if self._is_hidden(instance):
                    continue
                row.updates.append((self._ids.row(), word))
                if behaviour.overtake:
                    held_back.append(status)
                    continue
                posted = self._emit_status(instance, row, status, behaviour, send)
                if not first_status_posted.is_set():
                    await posted.wait() if behaviour.early else None
                    first_status_posted.set()
            for status in reversed(held_back):
                await self._emit_status(instance, row, status, behaviour, send).wait()
            first_status_posted.set()
            if behaviour.reply is not None:
                await self._clock.sleep(behaviour.reply_seconds.draw(self._rng))
                self._reply(instance, row, behaviour, send)
        finally:
            self._log.release(send)

    def _is_hidden(self, instance: Instance) -> bool:
        """Whether Evolution takes this instance's statuses for those of another with its phone number id."""
        return instance.cloud and self._of_number(instance.number or "") is not instance

    def _emit_status(
        self, instance: Instance, row: Row, status: StatusEvent, behaviour: Behaviour, send: Send
    ) -> asyncio.Event:
        data = status_data(row, status.word, cloud=instance.cloud)
        return self._emit(instance, "messages.update", data, behaviour=behaviour, send=send, status=status)

    def _reply(self, instance: Instance, sent: Row, behaviour: Behaviour, send: Send) -> None:
        jid = sent.key["remoteJid"]
        key = {"remoteJid": jid, "fromMe": False, "id": self._ids.phone()}
        if instance.cloud:
            key["id"] = self._ids.cloud(digits_of(jid))
        elif self._version.shows_phones:
            key |= {"remoteJidAlt": lid(str(jid)), "addressingMode": "pn"}
        else:
            key |= {"remoteJidAlt": jid, "addressingMode": "lid"}
        source = "unknown" if instance.cloud else "android"
        kind, quotes = behaviour.reply_as, behaviour.reply_quotes
        message = inbound.content(kind, behaviour.reply or "", answers=sent.key, quotes=quotes, cloud=instance.cloud)
        row = Row(self._ids.row(), key, "Ana", inbound.KINDS[kind], message, self._stamp(instance), source, instance.id)
        instance.messages.add(row)
        data = inbound_data(row, cloud=instance.cloud, context=inbound.context(sent.key) if quotes else None)
        self._emit(instance, "messages.upsert", data, behaviour=behaviour, send=send)


async def _wait_for_all(*events: asyncio.Event) -> None:
    """Until all are set, at most for some seconds: the receiver may be down."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=_EARLY_SECONDS)
    for task in waiting:
        task.cancel()


def _refuse_unconnected(instance: Instance) -> None:
    """Fail as the number check before a send does: differently if there never was a connection. Nothing is sent."""
    if instance.state == "open":
        return
    never = "Cannot read properties of undefined (reading 'onWhatsApp')"
    raise envelope(500, "Connection Closed" if instance.connected_once else never)
