"""Invented chains to draw: one of seven steps with everything in it, one of 5,000."""

from __future__ import annotations

from datetime import date, timedelta

from headstamp.tracing.claim import Attachment, Claim, Sureness
from headstamp.tracing.step import Chain, Contradiction, Gap, Step

NAMES = {
    "party-a": "Tarnholt Armoury", "party-b": "القوات البرية 07-85 الزمورية",
    "party-c": "4th Depot, Zamurran Land Forces", "party-d": "Black Anvil",
    "party-e": "Служба военной торговли", "party-f": "天麓六二〇六厂 <&\">",
}


def step(
    number: int, how: str, giver: str | None, taker: str | None, first: str | None,
    last: str | None, lawful: str = "authorised", *, sure: Sureness = "exactly",
    share: float = 1.0, rivals: tuple[int, ...] = (), grade: str = "B2",
) -> Step:
    claim = Claim(
        f"tran-{number}", "transfer", how, giver, taker, first=first, last=last, lawful=lawful,
        grade=grade, when=first or "", papers=(f"doc-{number}",), limits=("not_published",) if number == 3
        else (), attached=Attachment(how=sure, share=share),
    )
    return Step(how, giver, taker, first, last, lawful, (claim,), share, rivals)


def seven() -> Chain:
    """Making, export, issue, two rival ends, a gap, a find; one step only perhaps the item's."""
    return Chain("item-1", "QM-A-01: rifle no. TA 412007", (
        step(1, "made", None, "party-a", "1986-01-01", "1986-12-31"),
        step(2, "exported", "party-a", "party-b", "2012-02-01", "2012-04-30", sure="probably", share=0.91),
        step(3, "issued", "party-b", "party-c", "2012-05-01", "2012-05-31"),
        step(4, "retransferred", "party-c", "party-e", "2013-01-01", "2013-12-31", "contested",
             rivals=(4,), grade="C4"),
        step(5, "captured", "party-c", "party-d", "2014-06-10", "2014-06-10", "unauthorised", rivals=(3,)),
        step(6, "unknown", "party-d", "party-f", "2015-01-01", None, "unknown", sure="perhaps", share=0.2,
             grade=""),
        step(7, "recovered", "party-d", None, "2016-11-28", "2016-11-30"),
    ), (
        Gap(4, "2014-06-11", "2016-11-27", "nothing is known from {party-d} to the find", "party-d"),
    ), (
        Contradiction("two_holders", "{party-d} and {party-z} hold it at once", ("tran-4", "tran-5")),
    ), (
        Claim("tran-9", "transfer", "sold", "party-a", None, attached=Attachment(how="perhaps", share=0.1)),
    ))


def many(steps: int = 5_000) -> tuple[Chain, dict[str, str]]:
    """A chain of very many steps from hand to hand, with gaps and 600 contradictions."""
    statuses = ("authorised", "unknown", "contested", "unauthorised")
    made = []
    for n in range(steps):
        day = (date(1990, 1, 1) + timedelta(2 * n)).isoformat()
        made.append(step(n, "sold", f"party-{n:x}", f"party-{n + 1:x}", day, day, statuses[n % 4]))
    return Chain(
        "item-2", "A thing of many hands", tuple(made),
        tuple(Gap(n, made[n].last, made[n].last, "nothing is known") for n in range(0, steps, 50)),
        tuple(Contradiction("cycle", f"thing {n}", (f"tran-{n * 7}",)) for n in range(min(600, steps // 7))),
    ), {f"party-{n:x}": f"Holder no. {n} Trading Company" for n in range(steps + 1)}
