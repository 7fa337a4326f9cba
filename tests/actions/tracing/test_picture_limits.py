"""What a picture says of the replies that bind what is drawn."""

from __future__ import annotations

from headstamp.actions.tracing.picture_limits import limits_said
from headstamp.store.limits import Limit


def test_each_kind_of_limit_is_counted_by_record() -> None:
    both = (Limit("reply-a", ("not_published",)), Limit("reply-b", ("not_published", "no_onward")))
    told = limits_said([both, (Limit("reply-a", ("not_published",)),), (Limit("reply-c", ("not_in_court",)),)])
    assert told == (
        "Not for publication: 2 records drawn here rest on replies that must not be published.",
        "Not to be passed on without consent: 1 record drawn here rests on replies that ask for it.",
    )
    assert limits_said([]) == () == limits_said([(Limit("reply-a", ()),)])
