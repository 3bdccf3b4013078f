"""The segment that an import names: it stays if it is of use to anyone, and else goes with its import."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from hidra.errors import Conflict
from hidra.services.imports.request_import import cancel_import, request_import, request_pull
from hidra.store import import_slices, segments
from tests.conftest import Databases
from tests.store.importing import OPTIONS, Importing

GOOD, BAD, EMPTY = b"phone\n11980000001\n", b"nome\nAna\n", b"phone\nx\n"


def requested(databases: Databases, user: UUID, content: bytes, **where: Any) -> Importing:
    segment = {"segment_id": None, "segment_name": "Clientes", **where}
    made = request_import(databases.http, user, format="csv", options=OPTIONS, **segment)
    return Importing(databases, user, made.segment_id, content, id=made.id)


def names(databases: Databases, user: UUID) -> list[str]:
    return [each.name for each in databases.http.as_user(user, lambda tx: segments.page(tx, after_at=None, after_id=None, limit=50))]  # fmt: skip


def never_uploaded(this: Importing) -> None:
    this.databases.owner.execute("update hidra.contact_imports set created_at = now() - interval '3 hours'")
    this.file = lambda: None  # type: ignore[method-assign]
    assert this.databases.jobs.as_worker(import_slices.stale)  # the clock finds it
    this.slice()


def canceled(this: Importing) -> None:
    cancel_import(this.databases.http, this.user_id, this.id, nudge=lambda: None)


ENDS: list[Callable[[Importing], object]] = [never_uploaded, canceled, Importing.finish]


@pytest.mark.parametrize("end", ENDS)
def test_an_import_that_imports_nothing_leaves_no_segment(
    databases: Databases, user: UUID, end: Callable[[Importing], object]
) -> None:
    this = requested(databases, user, BAD)
    assert names(databases, user) == ["Clientes"]
    end(this)
    row = this.row()
    assert row["status"] in ("failed", "canceled")
    assert (row["segment_id"], row["options"]["segment_name"]) == (None, "Clientes")
    assert names(databases, user) == []


def test_a_fetch_of_contacts_that_fails_at_once_leaves_no_segment(databases: Databases, user: UUID) -> None:
    with pytest.raises(Conflict):  # there is no connection
        request_pull(
            databases.http, user, segment_id=None, segment_name="Da loja", options=OPTIONS, pull=lambda **_: None
        )
    assert names(databases, user) == []


def test_an_import_that_completes_keeps_its_segment(databases: Databases, user: UUID) -> None:
    for content in (GOOD, EMPTY):
        this = requested(databases, user, content)
        assert this.finish()["status"] == "completed"
        assert this.row()["segment_id"] == this.segment_id


def test_an_import_that_fails_after_it_imported_contacts_keeps_its_segment(databases: Databases, user: UUID) -> None:
    this = requested(databases, user, GOOD + b"11980000002\n")
    this.slice(batches=1, batch_rows=1)
    databases.owner.execute("delete from hidra.segment_contacts")
    canceled(this)
    assert (names(databases, user), this.row()["segment_id"]) == (["Clientes"], this.segment_id)


def member(this: Importing) -> None:
    [contact] = this.databases.owner.execute(
        "insert into hidra.contacts (user_id, phone, phone_hash) values (%s, '+5511980000009', 'x') returning id",
        [this.user_id],
    ).fetchall()
    this.databases.http.as_user(
        this.user_id,
        lambda tx: segments.add(tx, segment_id=this.segment_id, contact_ids=contact),  # type: ignore[arg-type]
    )


def campaign(this: Importing) -> None:
    this.databases.owner.execute(
        "with t as (insert into hidra.message_templates (user_id, title, body) values (%(user)s, 't', 'b') returning id)"
        " insert into hidra.campaigns (user_id, name, external_id, segment_id, template_id, max_messages_per_minute)"
        " select %(user)s, 'c', %(user)s || '/c', %(segment)s, t.id, 1 from t",
        {"user": this.user_id, "segment": this.segment_id},
    )


def other_import(this: Importing) -> None:
    requested(this.databases, this.user_id, GOOD, segment_id=this.segment_id, segment_name=None)


def changed(**change: Any) -> Callable[[Importing], None]:
    def change_it(this: Importing) -> None:
        fields = {"name": None, "description": None, "set_description": "description" in change, **change}
        this.databases.http.as_user(
            this.user_id,
            lambda tx: segments.update(tx, segment_id=this.segment_id, **fields),  # type: ignore[arg-type]
        )

    return change_it


USES = {
    "member": member,
    "campaign": campaign,
    "another import": other_import,
    "renamed": changed(name="Outra"),
    "described": changed(description="para janeiro"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("end", ENDS[1:])
def test_a_segment_that_is_used_meanwhile_stays(
    databases: Databases, user: UUID, use: str, end: Callable[[Importing], object]
) -> None:
    this = requested(databases, user, BAD)
    USES[use](this)
    end(this)
    assert this.row()["status"] in ("failed", "canceled")
    assert this.row()["segment_id"] == this.segment_id
    assert len(names(databases, user)) == 1


def test_a_segment_that_a_campaign_excludes_meanwhile_stays(databases: Databases, user: UUID) -> None:
    this = requested(databases, user, BAD)
    other = databases.http.as_user(user, lambda tx: segments.create(tx, name="Outra", description=None))
    campaign(replace(this, segment_id=other.id))
    databases.owner.execute(
        "insert into hidra.campaign_excluded_segments select user_id, id, %s from hidra.campaigns", [this.segment_id]
    )
    canceled(this)
    assert (this.row()["status"], this.row()["segment_id"]) == ("canceled", this.segment_id)
    assert set(names(databases, user)) == {"Clientes", "Outra"}


def test_a_segment_that_the_request_did_not_make_stays(databases: Databases, user: UUID) -> None:
    made = databases.http.as_user(user, lambda tx: segments.create(tx, name="Clientes", description=None))
    canceled(requested(databases, user, BAD, segment_id=made.id, segment_name=None))
    assert names(databases, user) == ["Clientes"]


def test_a_segment_that_another_transaction_uses_at_this_moment_stays_and_nobody_waits(
    databases: Databases, user: UUID
) -> None:
    this = requested(databases, user, BAD)
    with databases.owner.transaction():
        campaign(this)  # holds the segment until the commit
        canceled(this)
        assert this.row()["status"] == "canceled"
    assert (names(databases, user), this.row()["segment_id"]) == (["Clientes"], this.segment_id)


def test_an_import_whose_segment_was_deleted_is_canceled_all_the_same(databases: Databases, user: UUID) -> None:
    this = requested(databases, user, BAD)
    databases.http.as_user(user, lambda tx: segments.delete(tx, segment_id=this.segment_id))  # type: ignore[arg-type]
    canceled(this)
    assert this.row()["status"] == "canceled"
