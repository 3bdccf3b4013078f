"""Runs a campaign through a client that was generated from docs/openapi.json; uses nothing else of Hidra.

Arguments: the API's URL, a token, and the Evolution server's URL, key and instance. Prints the outcome as JSON.
"""

import json
import sys
import time

from hidra_client import AuthenticatedClient
from hidra_client.api.campaigns import (
    create_campaign,
    get_campaign,
    list_recipients,
    preflight_campaign,
    start_campaign,
)
from hidra_client.api.connections import save_connection
from hidra_client.api.contacts import save_contacts
from hidra_client.api.metrics import get_campaign_metrics
from hidra_client.api.segments import create_segment
from hidra_client.api.templates import create_template
from hidra_client.models import (
    CampaignIn,
    CampaignStatus,
    ConnectionIn,
    ContactIn,
    ContactInAttributes,
    ContactsIn,
    Problem,
    SegmentIn,
    TemplateIn,
)

PHONES = ("(11) 98765-0001", "(11) 98765-0002", "(11) 98765-9401")
SETTLE_SECONDS = 120
# After these no phone reports anything more.
LAST = {"read", "failed"}


def must[T](answer: T | Problem | None) -> T:
    if answer is None or isinstance(answer, Problem):
        sys.exit(f"the API refused a request: {answer}")
    return answer


def main(url: str, token: str, evolution_url: str, evolution_key: str, instance: str) -> None:
    client = AuthenticatedClient(base_url=url, token=token, timeout=30)
    connection = ConnectionIn(base_url=evolution_url, api_key=evolution_key, instance_name=instance)
    saved = must(save_connection.sync(client=client, body=connection))
    segment = must(create_segment.sync(client=client, body=SegmentIn(name="Clientes")))
    contacts = [
        ContactIn(phone=phone, name=f"Ana {index}", attributes=ContactInAttributes.from_dict({"pontos": index}))
        for index, phone in enumerate(PHONES)
    ]
    must(save_contacts.sync(client=client, body=ContactsIn(contacts=contacts, segment_id=segment.id)))
    template = must(
        create_template.sync(
            client=client,
            body=TemplateIn(title="Pontos", body="Olá {{nome}}, {{pontos}} pontos!", variables=["nome", "pontos"]),
        )
    )
    campaign = must(
        create_campaign.sync(
            client=client,
            body=CampaignIn(name="Pontos", segment_id=segment.id, template_id=template.id, max_messages_per_minute=60),
        )
    )
    preflight = must(preflight_campaign.sync(campaign_id=campaign.id, client=client))
    must(start_campaign.sync(campaign_id=campaign.id, client=client))
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        status = must(get_campaign.sync(campaign_id=campaign.id, client=client)).status
        recipients = must(list_recipients.sync(campaign_id=campaign.id, client=client)).items
        if status is CampaignStatus.COMPLETED and {row.status for row in recipients} <= LAST:
            break
        if time.monotonic() > deadline:
            sys.exit(f"still {status}: {recipients}")
        time.sleep(0.5)
    metrics = must(get_campaign_metrics.sync(campaign_id=campaign.id, client=client))
    outcome = {
        "connection": saved.status,
        "will_receive": preflight.will_receive,
        "delivered": metrics.delivered,
        "failed": metrics.failed,
        "recipients": {row.phone: row.status for row in recipients},
    }
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:])
