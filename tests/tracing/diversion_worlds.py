"""Invented pasts of items with known truth, told by claims with noise, gaps and grades.

Every claim is faithful as often as nature's own table says for its grade, which is not the
table of the rule; an unfaithful one has another giver, another manner or another year. Some
events are told by nobody, some twice, and now and then somebody tells of a diversion that
never was. So a rule that believes too much is found out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from headstamp.tracing.chain import Chain, build_chain
from headstamp.tracing.claim import Claim
from headstamp.tracing.hypothesis import Facts, Known

MAKER, ARMY, DEPOT, OTHER_ARMY, SELLER, IMPORTER, GROUP, NOBODY = (
    f"party-{name}" for name in
    ("maker", "army", "depot", "other-army", "seller", "importer", "group", "nobody"))
PARTIES = {
    MAKER: Known("firm", ("maker", "exporter"), "K"), ARMY: Known("armed_force", ("end_user",), "Z"),
    DEPOT: Known("armed_force", ("holder",), "Z"), OTHER_ARMY: Known("armed_force", ("end_user",), "S"),
    SELLER: Known("firm", ("distributor",), "S"), IMPORTER: Known("firm", ("importer",), "Z"),
    GROUP: Known("armed_group"), NOBODY: Known("unknown"),
}
KINDS = ("battlefield_capture", "stockpile_loss", "unauthorised_retransfer", "commercial_leakage",
         "unlicensed_manufacture")
# How often a claim is as it happened, by the digit of its grade; none for no grade.
FAITHFUL = {"1": 0.97, "2": 0.88, "3": 0.70, "4": 0.40, "5": 0.20, "6": 0.55, "": 0.65}
GRADES = ("A1", "A2", "B1", "B2", "B2", "B3", "C2", "C3", "C3", "C4", "D4", "D5", "F6", "", "", "")


@dataclass(frozen=True)
class World:
    """An item's true past, and what is told of it."""

    kind: str
    last_lawful: str | None
    claims: tuple[Claim, ...]
    facts: Facts

    @property
    def chain(self) -> Chain:
        return build_chain("item-world", "it", self.claims, {})


def world(seed: int, *, erased: bool = False) -> World:
    """One world; ``erased`` keeps nothing of it but that the item was recovered."""
    rng = Random(seed)
    kind = rng.choice(KINDS)
    events, last = _past(kind, rng)
    claims: list[Claim] = []
    for at, event in enumerate(events):
        diverts = event.lawful == "unauthorised" or event.to_party == GROUP
        times = rng.choices((0, 1, 2), (0.35, 0.45, 0.2) if diverts else (0.15, 0.6, 0.25))[0]
        for n in range(times):
            claims.append(_told(event, f"cust-{at}x{n}", rng))
    if rng.random() < 0.25:
        claims.append(_rumour(events, rng))
    end = date.fromisoformat(events[-1].last or "2016-01-01") + timedelta(rng.randint(30, 900))
    recovered = Claim(
        "rec-1", "recovery", "recovered", GROUP if rng.random() < 0.7 else None, ARMY,
        when=end.isoformat(), first=end.isoformat(), last=end.isoformat(), lawful="authorised")
    family = "commercial_good" if kind == "commercial_leakage" else "arm"
    facts = Facts(family, True, "the group", "rec-1", PARTIES)
    if erased:
        claims = []
    return World(kind, last, (*claims, recovered), facts)


def _past(kind: str, rng: Random) -> tuple[list[Claim], str | None]:
    day = date(rng.randint(1995, 2012), rng.randint(1, 12), rng.randint(1, 28))

    def event(how: str, giver: str | None, to: str, lawful: str) -> Claim:
        nonlocal day
        one = Claim("", "custody", how, giver, to, when=day.isoformat(), first=day.isoformat(),
                    last=day.isoformat(), lawful=lawful)
        day += timedelta(rng.randint(60, 900))
        return one

    if kind == "unlicensed_manufacture":
        return [event("made", None, GROUP, "unauthorised")], None
    made = event("made", None, MAKER, "authorised")
    if kind == "commercial_leakage":
        sold = [event("sold", MAKER, SELLER, "authorised"),
                event("imported", SELLER, IMPORTER, "authorised")]
        return [made, *sold, event("sold", IMPORTER, GROUP, "unknown")], IMPORTER
    exported = event("exported", MAKER, ARMY, "authorised")
    if kind == "unauthorised_retransfer":
        exported = replace(exported, end_user_certificate="EUC 1")
        on = event("retransferred", ARMY, OTHER_ARMY, "unauthorised")
        return [made, exported, on, event("captured", OTHER_ARMY, GROUP, "unauthorised")], ARMY
    issued = event("issued", ARMY, DEPOT, "authorised")
    how = "captured" if kind == "battlefield_capture" else rng.choice(("stolen", "lost"))
    return [made, exported, issued, event(how, DEPOT, GROUP, "unauthorised")], DEPOT


def _told(event: Claim, key: str, rng: Random) -> Claim:
    grade = rng.choice(GRADES)
    told = replace(event, id=key, grade=grade, papers=(f"doc-{key}",) if rng.random() < 0.6 else ())
    if rng.random() < 0.3:
        told = replace(told, lawful="unknown")
    if rng.random() < 0.3 and event.first:
        told = _dated(told, f"{event.first[:4]}-01-01", f"{event.first[:4]}-12-31")
    if rng.random() < FAITHFUL[grade[1:]]:
        return told
    wrong = rng.choice(("giver", "how", "year"))
    if wrong == "giver" and event.from_party:
        givers = [p for p in (ARMY, DEPOT, OTHER_ARMY, SELLER, IMPORTER) if p != event.from_party]
        return replace(told, from_party=rng.choice(givers))
    if wrong == "how" and event.how in ("captured", "stolen", "lost", "retransferred"):
        others = [h for h in ("captured", "stolen", "retransferred") if h != event.how]
        return replace(told, how=rng.choice(others))
    year = int((event.first or "2000")[:4]) - rng.randint(2, 6)
    return _dated(told, f"{year}-01-01", f"{year}-12-31")


def _rumour(events: list[Claim], rng: Random) -> Claim:
    giver = rng.choice((ARMY, DEPOT, OTHER_ARMY, SELLER, IMPORTER, MAKER))
    year = int((events[0].first or "2000")[:4]) + rng.randint(0, 8)
    return _dated(Claim(
        "cust-rumour", "custody", rng.choice(("captured", "stolen", "retransferred", "sold")), giver,
        rng.choice((GROUP, NOBODY)), lawful=rng.choice(("contested", "unauthorised", "unknown")),
        grade=rng.choice(("C4", "D4", "D5", "E5", "F6"))), f"{year}-01-01", f"{year}-12-31")


def _dated(claim: Claim, first: str, last: str) -> Claim:
    return replace(claim, first=first, last=last, when=first[:4])
