"""New versions of the sources are deployed to a stack that is at work."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.processes import LocalError
from local.stack import ROOT, Stack
from tests.flow.world import Tenant, eventually


def test_a_campaign_outlives_a_new_version_with_a_migration_and_one_whose_migration_fails(tmp_path: Path) -> None:
    """Tickets that the first version queued are used by the second. The third changes nothing."""
    sources = Path(shutil.copytree(ROOT, tmp_path / "sources", ignore=_only_sources))
    with Stack.running("rehearsal", root=sources, parameters={"SenderLostAfterSeconds": "20"}) as stack:
        tenant = Tenant.make(stack)
        campaign_id = tenant.campaign([f"+5531987{number:03d}001" for number in range(400)], per_minute=120)
        tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
        _sends(tenant)

        _migration(sources, "9001_note.sql", "alter table hidra.campaigns add column note text;")
        for name in ("message_sender", "campaign_advance", "delivery_recorder"):
            app = sources / "functions" / name / "app.py"
            app.write_text(app.read_text() + "\nVERSION = 2\n")
        assert stack.deploy(sources)
        assert _columns(stack, "note") == 1
        assert not stack.deploy(sources)
        _sends(tenant)

        _migration(sources, "9002_wrong.sql", "alter table hidra.campaigns add column other text; select 1 / 0;")
        (sources / "functions/contacts/app.py").write_text("def handler(*_):\n    return {'statusCode': 418}\n")
        with pytest.raises(LocalError, match=r"(?s)division by zero"):
            stack.deploy(sources)
        assert (_columns(stack, "note"), _columns(stack, "other")) == (1, 0)
        tenant.client.call("GET", "/v1/contacts")
        _sends(tenant)

        tenant.client.call("POST", f"/v1/campaigns/{campaign_id}/cancel")
        eventually(lambda: _over(tenant, campaign_id), seconds=120)
        tenant.assert_counts_equal_recipients(campaign_id)
        sent = tenant.simulator.summary()
        assert (sent["accepted"], sent["duplicates"]) == (tenant.metrics(campaign_id)["delivered"], 0)
        assert sent["accepted"] < 400


def _over(tenant: Tenant, campaign_id: str) -> bool:
    """Nothing is under way. The emulator kills a function that it replaces: a claim that was not posted stays in doubt."""
    tenant.look_doubts_up(campaign_id)
    posted = {f"+{row['digits']}" for row in tenant.simulator.messages()}
    others = [row for row in tenant.recipients(campaign_id) if row["status"] not in ("read", "skipped")]
    lost = [row for row in others if row["status"] == "unknown" and row["phone"] not in posted]
    return lost == others and len(lost) <= 4 and tenant.simulator.summary()["unsettled"] == 0


def _sends(tenant: Tenant) -> None:
    before = tenant.simulator.summary()["accepted"]
    eventually(lambda: tenant.simulator.summary()["accepted"] >= before + 5, seconds=60)


def _migration(sources: Path, name: str, sql: str) -> None:
    (sources / "sql/migrations" / name).write_text(f"-- migrate:up\n{sql}\n\n-- migrate:down\n")


def _columns(stack: Stack, name: str) -> int:
    with psycopg.connect(stack.database_url) as database:
        found: Any = database.execute(
            "select count(*) from information_schema.columns where table_schema = 'hidra' and column_name = %s", [name]
        ).fetchone()
    return int(found[0])


def _only_sources(folder: str, names: list[str]) -> list[str]:
    wanted = {"template.yaml", "functions", "layers", "sql", "docs"}
    return [
        name
        for name in names
        if name == "__pycache__" or (Path(folder, "template.yaml").exists() and name not in wanted)
    ]
