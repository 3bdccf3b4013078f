import threading
from datetime import timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from hidra.domain.content import Media
from hidra.services import advance_campaign, lifecycle
from hidra.services.sweep import sweep
from hidra.store import outcomes, runs
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.world import World


def test_a_due_campaign_is_frozen_and_starts(databases: Databases) -> None:
    world = World.make(databases, recipients=3)
    [(ticket, slots)] = world.advance()
    assert world.campaign()["status"] == "running"
    assert world.campaign()["started_at"]
    assert [(m["phone"], m["variables"], m["status"]) for m in world.messages()] == [
        (f"+551198000000{index}", {"name": f"Ana {index}"}, "pending") for index in range(3)
    ]
    assert (world.metrics()["total_messages"], world.metrics()["pending"]) == (3, 3)
    assert ticket.campaign_id == world.campaign_id
    assert len(slots) == 3
    world.assert_exact()


@pytest.mark.parametrize("avoided", ["hashjoin", "nestloop", "seqscan"])
def test_recipients_are_frozen_in_the_order_of_their_ids_whichever_plan_is_taken(
    databases: Databases, avoided: str
) -> None:
    world = World.make(databases, recipients=40)
    databases.owner.execute("update hidra.contacts set name = 'Bia' where right(phone, 1) = '3'")
    databases.jobs.as_worker(lambda tx: tx.run(f"set enable_{avoided} = off"))
    world.advance()
    databases.jobs.as_worker(lambda tx: tx.run(f"reset enable_{avoided}"))
    contacts = [message["contact_id"] for message in world.messages()]
    assert (len(contacts), contacts) == (40, sorted(contacts))


def test_a_second_pass_issues_no_second_tickets_and_no_second_run(databases: Databases) -> None:
    """Except for the ticket that may be used already, because its slot is less than 2 s ahead."""
    world = World.make(databases, rate=6)
    [(_, first)] = world.advance()
    [(_, second)] = world.advance()
    assert (len(set(first)), len(set(second))) == (3, 1)
    assert world.advance() == []
    assert len(world.rows("select from hidra.campaign_runs")) == 1
    assert len(world.messages()) == 3


def test_a_recipient_without_a_ticket_at_a_runs_end_does_not_wait_for_the_clock(databases: Databases) -> None:
    world = World.make(databases, recipients=12)
    world.advance()
    assert world.passes_requested == [2]
    world.finish_one()
    world.advance()
    assert world.passes_requested == [2, 2]


def test_recipients_that_must_wait_are_left_to_the_clock(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    databases.owner.execute("update hidra.campaign_messages set not_before = now() + interval '30 s'")
    databases.owner.execute("update hidra.campaign_runs set ticketed_until = null")
    [(_, slots)] = world.advance()
    assert (len(slots), world.passes_requested) == (2, [2])


def test_a_campaign_before_its_time_does_not_start(databases: Databases) -> None:
    world = World.make(databases)
    databases.owner.execute("update hidra.campaigns set scheduled_at = now() + interval '1 minute'")
    assert world.advance() == []
    assert world.campaign()["status"] == "scheduled"


def test_a_schedule_missed_beyond_not_after_expires(databases: Databases) -> None:
    world = World.make(databases)
    databases.owner.execute(
        "update hidra.campaigns set scheduled_at = now() - interval '2 h', not_after = now() - interval '1 h'"
    )
    world.advance()
    assert world.campaign()["status"] == "failed"
    assert "not_after" in world.campaign()["blocked_reason"]
    assert world.messages() == []


def test_an_empty_segment_fails_the_start_and_says_so(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    world.advance()
    assert (world.campaign()["status"], world.campaign()["blocked_reason"]) == (
        "failed",
        "The segment has no contacts.",
    )


def test_recipients_that_opted_out_are_skipped_and_those_without_a_value_fail(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.add_contact("+5511980000100", name=None)
    world.add_contact("+5511980000101", name="Bia")
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash("+5511980000101")],
    )
    world.advance()
    assert {m["phone"]: (m["status"], m["error_code"]) for m in world.messages()} == {
        "+5511980000000": ("pending", None),
        "+5511980000100": ("failed", "unresolved_variable"),
        "+5511980000101": ("skipped", "opted_out"),
    }
    world.assert_exact()


def test_variables_come_from_attributes_first_and_then_from_the_contact(databases: Databases) -> None:
    world = World.make(databases, recipients=1, body="{{nome}} {{cidade}} {{pontos}} {{telefone}}")
    databases.owner.execute("""update hidra.contacts set attributes = '{"cidade": "Recife", "pontos": 7}'""")
    world.advance()
    assert world.messages()[0]["variables"] == {
        "nome": "Ana 0",
        "cidade": "Recife",
        "pontos": "7",
        "telefone": "+5511980000000",
    }


@pytest.mark.parametrize("count", [0, 1, 7, 8])
def test_every_variable_of_a_template_gets_its_value(databases: Databases, count: int) -> None:
    """The statement has a case for each of the first few lengths."""
    names = [f"v{number}" for number in range(count)]
    world = World.make(databases, recipients=2, body=" ".join(f"{{{{{name}}}}}" for name in ["phone", *names]))
    values = {name: f"of {name}" for name in names}
    run = databases.owner.execute
    run("update hidra.contacts set attributes = %s where phone = '+5511980000000'", [Jsonb(values)])
    run("update hidra.contacts set attributes = %s where phone = '+5511980000001'", [Jsonb({"v0": " ", "v5": 7})])
    world.advance()
    whole, lacking = sorted(world.messages(), key=lambda message: str(message["phone"]))
    assert whole["variables"] == {"phone": "+5511980000000", **values}
    missing = [name for name in names if name != "v5"]
    assert lacking["error_detail"] == (f"No value for: {', '.join(missing)}" if missing else None)
    assert lacking["variables"] == {"phone": "+5511980000001"} | ({"v5": "7"} if "v5" in names else {})


def test_content_and_audience_do_not_change_after_the_start(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    databases.owner.execute("update hidra.message_templates set body = 'changed'")
    databases.owner.execute("update hidra.contacts set name = 'changed', phone = '+5511999999999'")
    world.add_contact("+5511980000100", name="Late")
    held = world.claim()
    assert isinstance(held, Claim)
    assert (held.body, held.variables, held.phone) == ("Oi {{name}}", {"name": "Ana 0"}, "+5511980000000")
    assert len(world.messages()) == 1


def test_media_does_not_change_after_the_start(databases: Databases) -> None:
    world = World.make(databases, recipients=2, body="")
    world.set_media("https://cdn.example.com/a.pdf", "document", "Contrato.pdf")
    world.advance()
    world.set_media("https://cdn.example.com/b.png", "image", None)
    held = world.claim()
    assert isinstance(held, Claim)
    assert held.media == Media("https://cdn.example.com/a.pdf", "document", "Contrato.pdf")
    databases.owner.execute("update hidra.message_templates set media_url = null, media_type = null")
    held = world.claim()
    assert isinstance(held, Claim)
    assert held.media is not None


def test_a_campaign_that_is_being_started_elsewhere_is_left_alone(databases: Databases) -> None:
    world = World.make(databases)
    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as other:
        other.execute("select from hidra.campaigns for update")
        assert world.advance() == []
    assert world.campaign()["status"] == "scheduled"


def test_concurrent_passes_freeze_one_run(databases: Databases) -> None:
    world = World.make(databases, recipients=50)
    threads = [threading.Thread(target=concurrent_pass, args=[world]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(world.rows("select from hidra.campaign_runs")) == 1
    assert len(world.messages()) == 50


def concurrent_pass(world: World) -> None:
    from hidra.services.advance_campaign import advance_campaign
    from hidra.store.db import Database

    db = Database({**world.databases.settings, "DATABASE_SECRET": "jobs"}, world.databases.logins.__getitem__)
    advance_campaign(world.campaign_id, db=db, issue_tickets=lambda *_: None, requeue_after=lambda *_: None)
    db.close()


def test_a_connection_that_is_not_usable_blocks_the_campaign_with_a_reason(databases: Databases) -> None:
    world = World.make(databases)
    databases.owner.execute("update hidra.evolution_api_config set status = 'error', error_message = 'no licence'")
    assert world.advance() == []
    assert world.campaign()["status"] == "running"
    assert "no licence" in world.campaign()["blocked_reason"]
    databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")
    assert len(world.advance()) == 1
    assert world.campaign()["blocked_reason"] is None


def test_a_campaign_without_a_connection_is_blocked(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute("delete from hidra.evolution_api_config")
    assert world.advance() == []
    assert "no Evolution connection" in world.campaign()["blocked_reason"]


def test_a_drained_run_completes_its_campaign(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    world.finish_one()
    world.advance()
    assert world.campaign()["status"] == "running"
    world.finish_one(refused=True)
    world.advance()
    assert world.campaign()["status"] == "completed"
    assert world.campaign()["completed_at"]
    run = world.one("select * from hidra.campaign_runs")
    assert (run["status"], run["summary"]) == (
        "completed",
        {"kind": "first_send", "total": 2, "sent": 1, "failed": 1, "skipped": 0},
    )
    assert run["ended_at"]


def test_a_campaign_of_which_every_message_failed_failed(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    world.finish_one(refused=True)
    world.finish_one(refused=True)
    world.advance()
    assert world.campaign()["status"] == "failed"


def test_an_unknown_outcome_keeps_the_run_open(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.claim()
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    world.advance()
    assert world.campaign()["status"] == "running"


def test_a_canceled_campaign_skips_pending_recipients_and_ends_its_run(databases: Databases) -> None:
    world = World.make(databases, recipients=5)
    world.advance()
    world.finish_one()
    databases.owner.execute("update hidra.campaigns set status = 'canceled'")
    world.advance()
    assert [m["status"] for m in world.messages()] == ["sent", "skipped", "skipped", "skipped", "skipped"]
    assert world.one("select status from hidra.campaign_runs")["status"] == "canceled"
    assert world.campaign()["status"] == "canceled"
    world.assert_exact()


def test_the_clock_asks_for_passes_and_sweeps_lost_senders(databases: Databases) -> None:
    world = World.make(databases)
    nudged: list[runs.DueCampaign] = []

    def tick() -> None:
        sweep(
            db=databases.jobs,
            nudge_all=nudged.extend,
            nudge_import=print,
            nudge_export=print,
            queue=lambda _: None,
            sender_lost_after=timedelta(0),
        )

    tick()
    assert [due.campaign_id for due in nudged] == [world.campaign_id]
    world.advance()
    world.claim()
    tick()
    assert len(nudged) == 2
    assert world.messages()[0]["status"] == "unknown"
    databases.owner.execute("update hidra.campaigns set status = 'canceled'")
    tick()
    assert len(nudged) == 3
    databases.owner.execute("update hidra.campaign_runs set ended_at = now()")
    tick()
    assert len(nudged) == 3


def test_a_pause_at_the_moment_the_run_drains_leaves_it_open_for_the_resume(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.finish_one()
    lifecycle.pause(databases.http, world.user_id, world.campaign_id)
    databases.jobs.as_worker(lambda tx: advance_campaign._advance_run(tx, world.campaign_id))
    assert world.one("select ended_at from hidra.campaign_runs")["ended_at"] is None
    lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    assert world.campaign()["status"] == "completed"


def test_a_resumed_campaign_gets_new_tickets_for_slots_that_passed_while_it_was_paused(
    databases: Databases,
) -> None:
    world = World.make(databases)
    world.advance()
    lifecycle.pause(databases.http, world.user_id, world.campaign_id)
    assert world.advance() == []
    lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    [(_, slots)] = world.advance()
    assert len(slots) == 3
