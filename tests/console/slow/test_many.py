"""An account with 1,000 campaigns, one of them with a million recipients and 10,000 minutes of sending.

The rows are written by statements of their own, as bench/world.py does: they are what 1,000,000 sends leave, whose contacts
were deleted afterwards.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.sync_api import Page, expect

from bench.loading import unindexed
from local.sign_in import LocalUser
from local.stack import Stack
from tests.console.conftest import Visitor, client_of

CAMPAIGNS = 1_000
RECIPIENTS = 1_000_000
MINUTES = 10_000  # of the large campaign's timeline
OF_A_PAGE = 50
# The goal is 1 s on a machine with nothing else to do. Tests share theirs, so the best of a few visits may take twice as
# long; the figures are printed.
FIRST_VIEW_MS, VISITS = 2_000, 4
FIRST_VIEW_BYTES = 100_000
SCRIPT_MS = 200

# All but the last have ended long ago. Of each hundred messages of the last, 98 are delivered, one failed, one waits.
OWNER = """
insert into core.users (id) values (%(user_id)s) on conflict do nothing;
insert into hidra.contact_segments (id, user_id, name, total_contacts)
values (%(user_id)s, %(user_id)s, 'Todos', %(recipients)s);
insert into hidra.message_templates (id, user_id, title, body, variables)
values (%(user_id)s, %(user_id)s, 'Oi', 'Oi {{nome}}', '{nome}');
insert into hidra.campaigns (id, user_id, segment_id, template_id, name, status, created_at, started_at, completed_at,
    max_messages_per_minute)
select case when n = %(campaigns)s then %(campaign_id)s else gen_random_uuid() end, %(user_id)s, %(user_id)s,
    %(user_id)s, 'Campanha ' || lpad(n::text, 4, '0'),
    case when n = %(campaigns)s then 'running' else 'completed' end::hidra.campaign_status,
    t.at, t.at, case when n < %(campaigns)s then t.at + interval '1 hour' end, 100
from generate_series(1, %(campaigns)s) n,
    lateral (select %(began)s - (%(campaigns)s - n) * interval '1 hour' as at) t;
insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body, status, started_at, ended_at)
select case when id = %(campaign_id)s then %(run_id)s else gen_random_uuid() end, user_id, id, user_id, 'Oi {{nome}}',
    status, started_at, completed_at
from hidra.campaigns where user_id = %(user_id)s;
insert into hidra.campaign_metrics (campaign_id, user_id, total_messages, delivered, failed, pending)
select id, user_id, 100 * part, 98 * part, part, part
from hidra.campaigns, lateral (select case id when %(campaign_id)s then %(recipients)s / 100 else 1 end as part) p
where user_id = %(user_id)s;
insert into hidra.campaign_timeline_points (user_id, campaign_id, timestamp, delivered, failed)
select %(user_id)s, %(campaign_id)s, %(began)s + n * interval '1 minute', 98, 1 from generate_series(1, %(minutes)s) n
"""
MESSAGES = """
insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash, variables, status,
    attempts, claimed_at, sent_at, delivered_at, failed_at, error_code)
select %(user_id)s, %(campaign_id)s, %(run_id)s, md5(n || %(user_id)s::text)::uuid,
    '+55' || 11 + n %% 80 || '9' || lpad((n * 7919 %% 100000000)::text, 8, '0'), sha256(n::text::bytea), '{"nome": "Ana"}',
    case n %% 100 when 98 then 'failed' when 99 then 'pending' else 'delivered' end::hidra.message_status,
    case n %% 100 when 99 then 0 else 1 end,
    case when n %% 100 <> 99 then at end, case when n %% 100 < 98 then at end, case when n %% 100 < 98 then at end,
    case n %% 100 when 98 then at end, case n %% 100 when 98 then 'not_on_whatsapp' end
from (
    select n, %(began)s + (1 + n %% %(minutes)s) * interval '1 minute' as at
    from generate_series(1, %(recipients)s::bigint) n
) m
"""


@dataclass(frozen=True)
class Account:
    """A person who has signed in, with all the campaigns; the large one runs, and waits for a connection."""

    session: dict[str, str]
    campaign_id: UUID


@pytest.fixture(scope="module")
def fills() -> dict[str, Account]:
    """What the first use of `account` keeps for the other tests of this module."""
    return {}


@pytest.fixture
def account(stack: Stack, visit: Callable[..., Visitor], fills: dict[str, Account]) -> Account:
    if not fills:
        name = f"Lia {uuid4().hex[:6]}"
        fills["made"] = Account({}, fill(stack, UUID(LocalUser.named(name, admin=False).sub)))
        visitor = visit()
        page = visitor.open()
        visitor.sign_in(page, name)
        fills["made"].session.update(json.loads(page.evaluate("JSON.stringify(sessionStorage)")))
        page.close()
    return fills["made"]


def fill(stack: Stack, user_id: UUID) -> UUID:
    """Makes the rows; returns the large campaign."""
    if stack.database is None:
        pytest.skip("The rows are loaded by the embedded database's superuser.")
    made: dict[str, Any] = {
        "user_id": user_id,
        "campaign_id": uuid4(),
        "run_id": uuid4(),
        "campaigns": CAMPAIGNS,
        "recipients": RECIPIENTS,
        "minutes": MINUTES,
    }
    with stack.database.admin("hidra") as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute("select date_trunc('minute', now()) - (%s + 2) * interval '1 minute'", [MINUTES])
        [made["began"]] = cursor.fetchone() or []
        # First the messages: a running campaign without any would be ended by the next pass.
        with unindexed(stack.database, "hidra.campaign_messages") as loading, psycopg.ClientCursor(loading) as load:
            load.execute(MESSAGES, made)
        cursor.execute(OWNER, made)
        cursor.execute("vacuum analyze hidra.campaigns, hidra.campaign_metrics, hidra.campaign_timeline_points")
    return UUID(str(made["campaign_id"]))


def first_view(visit: Callable[..., Visitor], account: Account, place: str, shown: str) -> tuple[Page, float]:
    """The page in a tab that had loaded nothing before, and the milliseconds until it showed this: the best of a few visits.

    What had been loaded by then, the answers of the API included, is compared with the goal.
    """
    best = float("inf")
    for _ in range(VISITS):
        page = visit(account.session).open(place)
        took = page.wait_for_function(
            "shown => document.querySelector(shown) && performance.now()", arg=shown
        ).json_value()
        sizes = page.evaluate(
            """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .map((it) => it.encodedBodySize)"""
        )
        print(f"\n{place}: {took:.0f} ms, {sum(sizes):,} bytes in {len(sizes)} answers")
        assert sum(sizes) < FIRST_VIEW_BYTES
        best = min(best, took)
        if best < FIRST_VIEW_MS:
            break
    return page, best


def warm(visit: Callable[..., Visitor], account: Account, place: str, shown: str) -> None:
    """Starts the functions that the page asks, and has the database read what it will be asked for."""
    page = visit(account.session).open(place)
    expect(page.locator(shown).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.close()


def test_the_list_of_1000_campaigns_is_there_at_once_and_pages_by_cursor(
    stack: Stack, visit: Callable[..., Visitor], account: Account
) -> None:
    warm(visit, account, "#/campaigns", "tbody tr")
    page, took = first_view(visit, account, "#/campaigns", "tbody tr")
    names = page.locator("tbody .name")
    expect(names).to_have_count(OF_A_PAGE)
    expect(page.locator(".lead")).to_have_text("1 em espera; 1.000 campanhas ao todo.")
    seen = names.all_inner_texts()
    assert seen == [f"Campanha {CAMPAIGNS - n:04}" for n in range(OF_A_PAGE)]
    page.get_by_role("link", name="Próxima página").click()
    expect(names.first).to_have_text(f"Campanha {CAMPAIGNS - OF_A_PAGE:04}")
    assert "cursor=" in page.url
    page.reload()
    expect(names.first).to_have_text(f"Campanha {CAMPAIGNS - OF_A_PAGE:04}")
    page.get_by_role("link", name="Primeira página").click()
    expect(names.first).to_have_text(seen[0])
    listed = [each["name"] for each in client_of(stack, account.session).every("/v1/campaigns")]
    assert len(listed) == len(set(listed)) == CAMPAIGNS
    assert took < FIRST_VIEW_MS


def test_a_campaign_of_a_million_recipients_is_there_at_once_with_a_chart_of_at_most_120_bars(
    stack: Stack, visit: Callable[..., Visitor], account: Account
) -> None:
    place = f"#/campaigns/{account.campaign_id}"
    warm(visit, account, place, ".chart .bucket")
    page, took = first_view(visit, account, place, ".figures")
    expect(page.locator("[data-figure=delivered] .figure")).to_have_text("980.000")
    expect(page.locator(".now .lead")).to_have_text("980.000 de 1.000.000 entregues; em espera.")
    expect(page.locator(".chip", has_text="todas").locator("b")).to_have_text("1.000.000")
    bars = page.locator(".chart .bucket")
    expect(bars.first).to_be_attached()
    assert 2 < bars.count() <= 120
    page.get_by_role("button", name="Ver como tabela").click()
    expect(page.locator(".timeline tbody tr").first).to_be_visible()

    # The chart's script alone: from the API's points to what stands in the page.
    points = list(client_of(stack, account.session).every(f"/v1/campaigns/{account.campaign_id}/timeline"))
    assert len(points) == MINUTES
    script, drawn = page.evaluate(
        """async (points) => {
            const load = (name) => import(new URL(`console/${name}`, location.href.split("#")[0]).href);
            const [{ html, render }, { bucketed }, { Chart }] = await Promise.all(
                ["html.js", "components/timeline_buckets.js", "components/chart.js"].map(load));
            const place = document.createElement("div");
            document.body.append(place);
            const began = performance.now();
            const { bars, size } = bucketed(points, new Date());
            render(html`<${Chart} bars=${bars} size=${size} limit=${60 * size} label="" onPoint=${() => {}} />`, place);
            const took = performance.now() - began;
            return [took, place.querySelectorAll(".bucket").length];
        }""",
        points,
    )
    print(f"\nchart of {len(points):,} minutes: {script:.0f} ms of script, {drawn} bars")
    assert drawn <= 120
    assert script < SCRIPT_MS
    assert took < FIRST_VIEW_MS
