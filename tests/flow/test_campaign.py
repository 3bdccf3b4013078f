"""Campaigns on the real template: scheduled by EventBridge, sent through the queues, counted through the stream."""

import contextlib

import psutil

from local.stack import Stack
from tests.flow.world import STARTED_WITHIN, Tenant, eventually, queue_is_idle


def phones(*last_four: str, ddd: str = "11") -> list[str]:
    return [f"+55{ddd}9{8000 + index}{digits}" for index, digits in enumerate(last_four)]


EVERY_BEHAVIOUR = phones(
    "0001", "9001", "9101", "9201", "9301", "9401", "9501", "9601", "9701", "9801", "9901", "0002", ddd="31"
)


def test_scheduled_campaigns_of_two_tenants_end_with_every_recipient_equal(stack: Stack) -> None:
    """One sends through Baileys, one through the Cloud API; each sees its own numbers only."""
    not_registered = {"baileys": "not_on_whatsapp", "cloud_api": "meta_131026"}
    tenants = [Tenant.make(stack, integration=integration) for integration in not_registered]
    replying = [EVERY_BEHAVIOUR[at] for at in (6, 7, 11)]
    tenants[0].evolution(f"/_control/phones/{replying[2]}", {"reply": "", "reply_as": "voice", "reply_quotes": True})
    campaigns = [tenant.campaign(EVERY_BEHAVIOUR) for tenant in tenants]
    for tenant, campaign_id in zip(tenants, campaigns, strict=True):
        tenant.schedule(campaign_id)
    for tenant, campaign_id, refusal in zip(tenants, campaigns, not_registered.values(), strict=True):
        tenant.wait_until_equal(campaign_id, seconds=150)
        assert tenant.show(campaign_id)["status"] == "completed"
        assert tenant.started_after(campaign_id) < STARTED_WITHIN
        tenant.assert_counts_equal_recipients(campaign_id)
        by_phone = {row["phone"]: row for row in tenant.recipients(campaign_id)}
        assert [by_phone[phone]["status"] for phone in EVERY_BEHAVIOUR] == [
            "read", "read", "delivered", "sent", "failed", "failed", "read", "read", "read", "read", "read", "read",
        ]  # fmt: skip
        assert by_phone[EVERY_BEHAVIOUR[5]]["error_code"] == refusal
        left = lambda tenant=tenant: [item["phone"] for item in tenant.client.every("/v1/opt-outs")]  # noqa: E731
        eventually(lambda left=left: left() == [EVERY_BEHAVIOUR[6]], seconds=30, about=left)
        overview = tenant.client.call("GET", "/v1/metrics/overview")
        assert (overview["total_campaigns"], overview["delivered_messages"], overview["read_messages"]) == (1, 9, 8)
        path = f"/v1/campaigns/{campaign_id}/recipients?replied=true"
        replied = lambda tenant=tenant, path=path: {row["phone"] for row in tenant.client.every(path)}  # noqa: E731
        eventually(lambda replied=replied: replied() == set(replying), seconds=90, about=replied)
        assert tenant.metrics(campaign_id)["replied"] == 3


def test_an_opt_out_is_confirmed_once_and_the_confirmation_is_in_no_count(stack: Stack) -> None:
    """The phone replies SAIR to the campaign's message, and once more to the confirmation."""
    tenant = Tenant.make(stack)
    stays, opts_out = phones("0001", "9501")
    confirmation = "Pronto, você não recebe mais."
    settings = tenant.client.call("PUT", "/v1/opt-out-settings", {"confirmation": confirmation})
    assert settings["confirmation"] == confirmation
    campaign_id = tenant.campaign([stays, opts_out])
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
    confirmations = lambda: [row for row in tenant.simulator.messages() if row["text"] == confirmation]  # noqa: E731
    eventually(confirmations, seconds=90)
    settled = lambda: tenant.simulator.summary()["unsettled"] == 0  # noqa: E731
    eventually(lambda: settled() and tenant.show(campaign_id)["status"] == "completed", seconds=60)
    stack.invoke("campaign_clock")  # it would queue a confirmation that it takes for lost
    eventually(lambda: tenant.metrics(campaign_id)["delivered"] == 2, seconds=30)
    assert [f"+{row['digits']}" for row in confirmations()] == [opts_out]
    assert [row["text"] for row in tenant.simulator.messages()].count(confirmation) == 1
    assert [item["phone"] for item in tenant.client.every("/v1/opt-outs")] == [opts_out]
    assert tenant.metrics(campaign_id)["total_messages"] == 2
    tenant.assert_counts_equal_recipients(campaign_id)


def test_a_campaign_with_an_image_arrives_with_caption_and_media(stack: Stack) -> None:
    tenant = Tenant.make(stack)
    url = "https://cdn.example.com/a.png"
    campaign_id = tenant.campaign(phones("0001", "0002", "0003"), media_url=url, media_type="image")
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
    tenant.wait_until_equal(campaign_id, seconds=60)
    tenant.assert_counts_equal_recipients(campaign_id)
    sent = tenant.simulator.messages()
    assert {(row["route"], row["media_type"], row["media"]) for row in sent} == {("sendMedia", "image", url)}
    assert sorted(row["text"] for row in sent) == ["Oi Contato 0", "Oi Contato 1", "Oi Contato 2"]


def test_a_campaign_whose_media_cannot_be_fetched_is_paused_and_sends_nothing(stack: Stack) -> None:
    tenant = Tenant.make(stack)
    campaign_id = tenant.campaign(phones("0001", "0002"), media_url="https://cdn.invalid/a.png", media_type="image")
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
    eventually(lambda: tenant.show(campaign_id)["status"] == "paused", seconds=60)
    assert "cannot fetch the campaign's image" in tenant.show(campaign_id)["blocked_reason"]
    eventually(
        lambda: [row["status"] for row in tenant.recipients(campaign_id)] == ["pending", "pending"],
        seconds=20,
        about=lambda: tenant.recipients(campaign_id),
    )


def test_a_killed_worker_and_a_stopped_database_lose_no_recipient_and_repeat_no_message(stack: Stack) -> None:
    """The sender dies while Evolution answers; later PostgreSQL is stopped for a while in the middle of the run.

    A claim whose sender dies before its post, or whose answer is lost with the database, stays in doubt: that nothing
    was posted cannot be known. It takes milliseconds between two of 500, so there is mostly none.
    """
    assert stack.database is not None
    tenant = Tenant.make(stack, per_minute=120)
    slow = phones("9001", ddd="21")
    campaign_id = tenant.campaign(slow + [f"+5521970{index:02d}0000" for index in range(40)], per_minute=120)
    tenant.schedule(campaign_id)
    eventually(lambda: tenant.simulator.summary()["open"] > 0, seconds=90)
    kill_the_senders(stack)
    eventually(lambda: tenant.simulator.summary()["accepted"] >= 8, seconds=90)
    stack.database.stop("immediate")
    assert webhook_still_answers(tenant)
    stack.database.start()
    lost = tenant.wait_until_only_lost_claims_differ(campaign_id, seconds=180)
    tenant.assert_counts_equal_recipients(campaign_id)
    assert tenant.simulator.summary()["duplicates"] == 0
    assert len(lost) <= 4
    assert not set(slow) & set(lost)
    assert tenant.metrics(campaign_id)["delivered"] == 41 - len(lost)
    if lost:
        assert tenant.show(campaign_id)["blocked_code"] == "outcomes-in-doubt"
    else:
        eventually(lambda: tenant.show(campaign_id)["status"] == "completed", seconds=60)


def kill_the_senders(stack: Stack) -> None:
    killed = 0
    for process in psutil.Process(stack.processes["AWS emulator"].pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.environ().get("POWERTOOLS_SERVICE_NAME") == "message_sender":
                process.kill()
                killed += 1
    assert killed > 0, "no sender was found"


def webhook_still_answers(tenant: Tenant) -> bool:
    """The webhook still accepts events while the database is stopped."""
    before = tenant.simulator.summary()["webhooks"]["delivered"]
    eventually(lambda: tenant.simulator.summary()["webhooks"]["delivered"] > before, seconds=30)
    return True


def test_a_paused_campaign_sends_nothing_until_it_is_resumed_and_a_canceled_one_nothing_more(stack: Stack) -> None:
    tenant = Tenant.make(stack, per_minute=120)
    campaign_id = tenant.campaign([f"+5541970{index:02d}0000" for index in range(30)], per_minute=120)
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
    eventually(lambda: tenant.simulator.summary()["accepted"] >= 2, seconds=60)
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/pause")
    # Who was claimed before the pause is still sent to.
    eventually(lambda: "sending" not in {row["status"] for row in tenant.recipients(campaign_id)}, seconds=10)
    eventually(lambda: tenant.simulator.summary()["open"] == 0, seconds=10)
    paused_at = tenant.simulator.summary()["received"]
    # Tickets for the rest of the run become due meanwhile, two each second.
    eventually(lambda: queue_is_idle(stack), seconds=60)
    assert tenant.simulator.summary()["received"] == paused_at
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/resume")
    eventually(lambda: tenant.simulator.summary()["received"] > paused_at, seconds=60)
    tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/cancel")
    eventually(
        lambda: {row["status"] for row in tenant.recipients(campaign_id)} <= {"read", "skipped"},
        seconds=60,
    )
    states = [row["status"] for row in tenant.recipients(campaign_id)]
    assert states.count("skipped") == 30 - tenant.simulator.summary()["received"] > 0
    tenant.assert_counts_equal_recipients(campaign_id)
