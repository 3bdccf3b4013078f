"""Tenants on the simulator and their campaigns, written as the database's owner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from hidra.domain.phone import phone_hash
from hidra.gateways import vault
from tests.chaos.cluster import PHONE_HASH_SECRET, PUBLIC_KEYS, Cluster
from tests.chaos.simulator import API_KEY

CONFIRMATION = "Pronto, você não recebe mais nada."
type MessageKey = tuple[str, str, str]
"""A message: its instance, its phone's digits, its text."""


@dataclass
class Tenant:
    """A user with a connection and one segment of contacts."""

    cluster: Cluster
    user_id: UUID
    connection_id: UUID
    segment_id: UUID
    instance: str
    phones: Sequence[str]
    campaigns: list[UUID] = field(default_factory=list)

    @classmethod
    def make(
        cls, cluster: Cluster, phones: Sequence[str], *, per_minute: int = 6_000, concurrent: int = 200,
        confirmation: str | None = None,
    ) -> "Tenant":  # fmt: skip
        """
        Args:
            phones: E.164; their last four digits choose their behavior (local/evolution/phones.py).
            confirmation: the text of the answer to an opt-out.
        """
        tenant = cls(cluster, uuid4(), uuid4(), uuid4(), f"cluster-{uuid4().hex[:8]}", phones)
        cluster.simulator.create(tenant.instance)
        base_url = cluster.simulator.url
        sealed = vault.seal(PUBLIC_KEYS, API_KEY, user_id=tenant.user_id, base_url=base_url)
        run = cluster.databases.owner.execute
        run("insert into core.users (id) values (%s)", [tenant.user_id])
        run(
            "insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted, status,"
            " max_messages_per_minute, max_concurrent_sends) values (%s, %s, %s, %s, %s, 'connected', %s, %s)",
            [tenant.connection_id, tenant.user_id, base_url, tenant.instance, sealed, per_minute, concurrent],
        )
        run("insert into hidra.pace_limits values (%s, %s, %s)", [tenant.connection_id, tenant.user_id, per_minute])
        run(
            "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')",
            [tenant.segment_id, tenant.user_id],
        )
        if confirmation:
            run(
                "insert into hidra.opt_out_settings values (%s, '{SAIR}', '{VOLTAR}', %s)",
                [tenant.user_id, confirmation],
            )
        tenant.add_contacts(phones)
        return tenant

    @property
    def opt_out_phones(self) -> list[str]:
        return [phone for phone in self.phones if phone[-4:-2] == "95"]

    def add_contacts(self, phones: Sequence[str]) -> None:
        """Adds contacts to the segment, for the next campaigns."""
        ids = [uuid4() for _ in phones]
        hashes = [phone_hash(PHONE_HASH_SECRET.encode(), str(self.user_id), phone) for phone in phones]
        run = self.cluster.databases.owner.execute
        run(
            "insert into hidra.contacts (id, user_id, phone, phone_hash, name)"
            " select c.id, %s, c.phone, c.hash, 'Ana ' || right(c.phone, 8)"
            " from unnest(%s::uuid[], %s::text[], %s::bytea[]) as c (id, phone, hash)",
            [self.user_id, ids, list(phones), hashes],
        )
        run(
            "insert into hidra.segment_contacts select %s, %s, id from unnest(%s::uuid[]) as c (id)",
            [self.user_id, self.segment_id, ids],
        )

    def start_campaign(self, *, per_minute: int = 6_000, nudged: bool = False) -> UUID:
        """Starts a campaign to all contacts, also to those who were not on WhatsApp, with a text that no other has.

        Unless ``nudged``, the clock finds it.
        """
        campaign_id, template_id = uuid4(), uuid4()
        run = self.cluster.databases.owner.execute
        run(
            "insert into hidra.message_templates (id, user_id, title, body) values (%s, %s, %s, %s)",
            [template_id, self.user_id, str(template_id), f"Campanha {campaign_id}: oi {{{{name}}}}"],
        )
        run(
            "insert into hidra.campaigns (id, user_id, evolution_config_id, segment_id, template_id, name, status,"
            " scheduled_at, scheduled_by, max_messages_per_minute, skip_not_on_whatsapp_days)"
            " values (%s, %s, %s, %s, %s, 'c', 'scheduled', now(), %s, %s, 0)",
            [campaign_id, self.user_id, self.connection_id, self.segment_id, template_id, self.user_id, per_minute],
        )
        run("insert into hidra.campaign_metrics (campaign_id, user_id) values (%s, %s)", [campaign_id, self.user_id])
        run("insert into hidra.pace_limits values (%s, %s, %s)", [campaign_id, self.user_id, per_minute])
        self.campaigns.append(campaign_id)
        if nudged:
            self.cluster.nudge(user_id=self.user_id, campaign_id=campaign_id)
        return campaign_id


def campaign_of(text: str) -> str:
    """Returns the id of the campaign that a text was made for."""
    return text.removeprefix("Campanha ").split(":")[0]


def sent_key(send: Mapping[str, Any]) -> MessageKey:
    """The message of a line in the simulator's log."""
    return send["instance"], send["digits"], send["text"]


def row_key(row: Mapping[str, Any], tenants: Iterable[Tenant]) -> MessageKey:
    """The message of a row, as the simulator logs it."""
    campaign_id, phone = row["campaign_id"], row["phone"]
    [instance] = [tenant.instance for tenant in tenants if campaign_id in tenant.campaigns]
    return instance, phone[1:], f"Campanha {campaign_id}: oi Ana {phone[-8:]}"


# In turn: early, unregistered, duplicated, overtaken, failed, slow, replies, unread.
_ODD = (99, 94, 97, 98, 93, 90, 96, 91)
_QUIET = 92


def phones(tenant: int, count: int, *, odd_every: int = 10, quiet: bool = False) -> list[str]:
    """Returns numbers of one tenant; one in ``odd_every`` is one of the simulator's odd phones, in turn.

    None of them opts out; see ``opt_out_phone``.

    Args:
        quiet: two in three of the normal phones never acknowledge a delivery, which saves half of their webhooks.
    """
    found = []
    for index in range(count):
        kind, place = index % 90, index // 90
        if index % odd_every == 0:
            kind = _ODD[index // odd_every % len(_ODD)]
        elif quiet and index % 3:
            kind = _QUIET
        # Two digits are the kind, the others make the number unique.
        found.append(f"+55119{6 + place // 100}{tenant:03d}{kind:02d}{index % 100:02d}")
    return found


def opt_out_phone(number: int) -> str:
    """Returns a phone that answers SAIR, a different one for each number."""
    return f"+551199{number // 100:03d}{9500 + number % 100:04d}"
