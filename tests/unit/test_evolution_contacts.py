"""The contacts of the simulator's instances, in the shapes of Evolution API 2.3.7."""

from typing import Any

from tests.simulator_harness import Harness, run_scenario

FIND = "/chat/findContacts/b"


async def knowing(harness: Harness, *contacts: dict[str, Any]) -> None:
    await harness.connected("b")
    status, answer = await harness.call("POST", "/_control/instances/b/contacts", {"contacts": list(contacts)})
    assert (status, answer) == (201, {"contacts": len(contacts)})


def test_people_groups_and_hidden_ids_stand_side_by_side() -> None:
    async def scenario(harness: Harness) -> None:
        ana = {"remoteJid": "553187651111@s.whatsapp.net", "pushName": "Ana"}
        await knowing(harness, ana, {"remoteJid": "120363041967849074@g.us"}, {"remoteJid": "123@lid"})
        status, rows = await harness.call("POST", FIND, {"where": {}})
        assert status == 200
        assert set(rows[0]) == {
            "id", "remoteJid", "pushName", "profilePicUrl", "createdAt", "updatedAt", "instanceId", "isGroup", "isSaved",
            "type",
        }  # fmt: skip
        found = [(row["remoteJid"].split("@")[1], row["pushName"], row["type"]) for row in rows]
        assert found == [("s.whatsapp.net", "Ana", "contact"), ("g.us", None, "group"), ("lid", None, "group_member")]
        status, [row] = await harness.call("POST", FIND, {"where": {"remoteJid": "5531987651111"}})
        assert row["pushName"] == "Ana"

    run_scenario(scenario)


def test_offset_is_the_size_of_a_page() -> None:
    async def scenario(harness: Harness) -> None:
        await knowing(harness, *({"remoteJid": f"55118{n:08}@s.whatsapp.net"} for n in range(5)))
        pages = [(await harness.call("POST", FIND, {"offset": 2, "page": page}))[1] for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert len({row["id"] for page in pages for row in page}) == 5
        assert len((await harness.call("POST", FIND, {}))[1]) == 5
        [row] = (await harness.call("GET", "/instance/fetchInstances"))[1]
        assert row["_count"]["Contact"] == 5

    run_scenario(scenario)


def test_malformed_contacts_are_refused() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("b")
        for wrong in ({}, {"contacts": [5]}, {"contacts": [{"pushName": "Ana"}]}):
            assert (await harness.call("POST", "/_control/instances/b/contacts", wrong))[0] == 400

    run_scenario(scenario)
