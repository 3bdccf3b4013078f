"""The ends of statements that read one page of a list, from behind the row that a cursor names.

Without a cursor its parameters are null and the page is the first: an OR with "no cursor yet" would cost the index its
range once the plan is generic.
"""

AFTER_ID = "coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')"


def newest_first(at: str) -> str:
    """The rest of a WHERE clause and what follows it; parameters ``after_at``, ``after_id`` and ``limit``."""
    return f"""({at}, id) < (coalesce(%(after_at)s::timestamptz, 'infinity'), {AFTER_ID})
order by {at} desc, id desc limit %(limit)s
"""
