"""One alert: where it stands, the moves it may make, and its extract as its recipient would read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.alerts.alerts import Standing, alert_standing
from headstamp.actions.alerts.extract import TIER, extract_of
from headstamp.errors import HeadstampError, Invalid, Refused, Unavailable
from headstamp.kinds.tier import RANK, TIERS
from headstamp.publish.alert_extract import LANGUAGES, Extract, words_of
from headstamp.publish.alert_page import in_letters, isolated
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.page import ON_PAGE, Params

_BUTTONS = {
    "checked": "I have checked it", "sent": "It was sent", "acknowledged": "They acknowledged it",
    "withdrawn": "Withdraw it", "draft": "Back to draft",
}


@dataclass(frozen=True)
class AlertContext(RecordContext):
    """An alert as its page shows it; ``letters`` is its extract as text, ``unmade`` why there is none."""

    standing: Standing | None = None
    language: str = "en"
    for_tier: str = TIER
    letters: str = ""
    unmade: str = ""
    extract: Extract | None = field(default=None, metadata=ON_PAGE)
    # Of each feature the word for its kind and its value, shut off from the text around it.
    features: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    languages: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    tiers: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    buttons: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    roles: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    asked: str = field(default="", metadata=ON_PAGE)


def alert_context(reader: Reader, params: Params) -> AlertContext:
    """All of one alert, with its extract for ``?language=`` and ``?tier=``. Raises Missing, Invalid."""
    base = record_context(reader, params)
    language = params.choice("language", LANGUAGES)
    least = max(TIER, str(base.record.get("tier") or TIER), key=lambda tier: RANK[tier])
    tiers = tuple(tier for tier in TIERS if RANK[tier] <= reader.rank)
    tier = params.choice("tier", ("", *tiers)) or (least if least in tiers else reader.clearance)
    if base.record.label == LEFT_OUT:  # it says nothing to this reader, and so makes no extract
        return AlertContext(**base.__dict__, language=language, for_tier=tier)
    now = alert_standing(reader, base.record.id)
    extract, unmade = _extract(params, reader, base.record.id, language, tier)
    return AlertContext(
        **base.__dict__, standing=now, language=language, for_tier=tier,
        letters=in_letters(extract) if extract is not None else "", unmade=unmade, extract=extract,
        features=tuple((one.word, isolated(one.value)) for one in (extract.features if extract else ())),
        languages=tuple((one, words_of(one)["_name"]) for one in LANGUAGES), tiers=tiers,
        buttons=tuple((to, _BUTTONS[to]) for to in sorted(now.moves, key=list(_BUTTONS).index)),
        roles=tuple((term.code, term.label) for term in vocabulary("recipient_role")),
        asked=f"?language={language}&tier={tier}",
    )


def _extract(
    params: Params, reader: Reader, alert_id: str, language: str, tier: str
) -> tuple[Extract | None, str]:
    try:
        return extract_of(params.case, alert_id, clearance=reader.clearance, language=language,
                          tier=tier), ""
    except (Invalid, Refused, Unavailable) as error:
        return None, _told(error)


def _told(error: HeadstampError) -> str:
    return "; ".join([error.message, *(str(one) for one in error.problems)])
