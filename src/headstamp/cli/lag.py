"""``lag``: how long from the last lawful supply to the recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.cli.where import pairs
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.analysis.lag.survival import Quantile
    from headstamp.analysis.lag.times import Lag

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def lag(
    session: Session,
    by: Annotated[str, typer.Option("--by", metavar="GROUP", show_default=False,
                                    help="Tell apart by family, kind, make, country or route.")] = "",
    where: Annotated[list[str] | None, typer.Option(
        "--where", metavar="FIELD=VALUE", show_default=False,
        help="Only items with this value. May be given again.")] = None,
) -> None:
    """Tell the lag from the last lawful supply to the recovery, with what is not known left open.

    Windows stay windows: nothing is put in the middle of a date. The quartiles are those of the
    items whose supply is dated; the bins are those that ATF publishes.
    """
    from headstamp.actions.tracing.lag import lag_of_case

    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        found = lag_of_case(case, reader, by=by, where=pairs(where, "--where"))

    def words() -> None:
        _all(found[0])
        if by:
            table((by, "items", "first quartile", "median", "third quartile"), [
                (one.group, one.count, *map(_days, one.quartiles or (None, None, None)))
                for one in found[1:]])
        for said in found[0].warnings:
            note(said)

    session.show({"lags": [one.as_dict() for one in found]}, words)


def _all(whole: Lag) -> None:
    if not whole.count and not whole.from_making:
        line("No lag can be told: of no item are both a lawful supply, or its making, and its "
             "recovery dated.")
        for reason, count in whole.left_out:
            line(f"{count:,} left out: {reason}")
        return
    line(f"{plural(whole.count, 'item')} whose lawful supply is dated ({whole.exact:,} to the day); of "
         f"{whole.from_making:,} more only the making is")
    for reason, count in whole.left_out:
        line(f"{count:,} left out: {reason}")
    if whole.quartiles:
        line(f"half within {_days(whole.quartiles[1])} "
             f"(a quarter within {_days(whole.quartiles[0])}, three quarters within "
             f"{_days(whole.quartiles[2])})")
    table(("lag", "surely", "perhaps", "share, of those dated"), [
        (one.name, one.surely, one.perhaps,
         f"{one.least:.0%}" if one.most - one.least < 0.005 else f"{one.least:.0%} to {one.most:.0%}")
        for one in whole.bins])


def _days(one: Quantile | None) -> str:
    if one is None:
        return "too few"
    if one.first is None:
        return "never reached"
    told = f"{one.first:,}" if one.first == one.last else (
        f"{one.first:,} or more" if one.last is None else f"{one.first:,} to {one.last:,}")
    low, high = (f"{end:,}" if end is not None else "?" for end in (one.low, one.high))
    return f"{told} days [{low} to {high}]"
