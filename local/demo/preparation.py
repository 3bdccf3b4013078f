"""Everything that a campaign needs, from the simulated phone to the schedule."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import requests

from local.demo import recipients
from local.demo.client import Client
from local.demo.console import console
from local.demo.waiting import wait_for
from local.processes import LocalError
from local.stack import Stack

PER_MINUTE = 600
CONCURRENT_SENDS = 10
BODY = "Olá {{nome}}! Você que mora em {{cidade}} já tem {{pontos}} pontos. Responda SAIR para não receber mais."


def make_instance(stack: Stack, instance: str) -> None:
    """Create an instance at the simulator and let a phone scan its QR code."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy is asked for the loopback address
        session.headers["apikey"] = stack.evolution_api_key
        created = session.post(
            f"{stack.evolution_url}/instance/create",
            json={"instanceName": instance, "integration": "WHATSAPP-BAILEYS", "qrcode": True},
            timeout=10,
        )
        created.raise_for_status()
        scan = f"{stack.evolution_url}/_control/instances/{instance}/scan"
        session.post(scan, json={}, timeout=10).raise_for_status()
        state = f"{stack.evolution_url}/instance/connectionState/{instance}"
        wait_for(
            "the simulated phone to connect",
            seconds=15,
            ready=lambda: session.get(state, timeout=10).json()["instance"]["state"] == "open",
        )


def schedule_campaign(client: Client, stack: Stack, instance: str, file: Path) -> str:
    """Save a connection, contacts from a file and a template, and schedule a campaign; returns the campaign's id."""
    connection = client.call(
        "PUT",
        "/v1/evolution-config",
        {
            "base_url": stack.evolution_url,
            "instance_name": instance,
            "api_key": stack.evolution_api_key,
            "integration": "baileys",
            "max_messages_per_minute": PER_MINUTE,
            "max_concurrent_sends": CONCURRENT_SENDS,
        },
    )
    if connection["status"] != "connected":
        raise LocalError(f"The connection to Evolution is {connection['status']}: {connection['error_message']}")
    console.print(f"  Connection         {instance} is {connection['status']}, its key is sealed, its webhook is set")
    segment_id = recipients.import_file(client, file)
    total = client.call("GET", f"/v1/segments/{segment_id}")["total_contacts"]
    console.print(f"  Contacts           {total} recipients from {file.name}")
    template = client.call(
        "POST", "/v1/templates", {"title": "Pontos", "body": BODY, "variables": ["nome", "cidade", "pontos"]}
    )
    example = {"variables": {"nome": "Ana", "cidade": "Recife", "pontos": "70"}}
    preview = client.call("POST", f"/v1/templates/{template['id']}/preview", example)
    console.print(f"  Template           {preview['text']}")
    campaign = client.call(
        "POST",
        "/v1/campaigns",
        {
            "name": "Demo",
            "segment_id": segment_id,
            "template_id": template["id"],
            "external_id": f"demo-{uuid4()}",
            "max_messages_per_minute": PER_MINUTE,
        },
    )
    at = datetime.now(UTC) + timedelta(seconds=3)
    client.call("POST", f"/v1/campaigns/{campaign['id']}/schedule", {"scheduled_at": at.isoformat()})
    console.print(f"  Campaign           scheduled for {at:%H:%M:%S} UTC at {PER_MINUTE} messages per minute")
    campaign_id: str = campaign["id"]
    return campaign_id
