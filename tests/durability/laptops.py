"""Some laptops and a random life of them offline: records of every type, and bundles in flight.

What the product does to merge is held against a model that knows only who wrote which version
with which word in it, and what each was made from. Bundles lie on sticks between the laptops and
are taken in in any order, again, late, or never; so are receipts.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from headstamp.actions.evidence.erasing import approve, waiting
from headstamp.actions.exchange.aside import release
from headstamp.actions.exchange.devices import add_device, mark_lost, peers
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.sync import hosting, visit
from headstamp.actions.exchange.take import TakeResult, take
from headstamp.errors import HeadstampError, Invalid, Refused
from headstamp.exchange.keys import SealKey
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import TIERS
from headstamp.records import BY_NAME, Record, RecordType, kind_of_id
from headstamp.records.spec import plain
from headstamp.store.alert_state import MOVES
from headstamp.store.case import Case
from headstamp.store.erased import erased_of
from headstamp.store.handing import LOCAL, versions_from
from headstamp.store.new_key import replace_key
from tests.making import in_order, plausible

TRAVELLING = tuple(kind for kind in in_order() if kind.name not in LOCAL)
"""Every type that goes from device to device, each after those that it refers to."""

OWN = frozenset({"erasure"})
"""Types that are not written by hand but by the acts that are for them."""

HQ = 0
Versions = dict[str, tuple[str, frozenset[str], bytes]]


@dataclass
class Laptop:
    """One device: its case, its number, whether it was lost, and what opens bundles for it."""

    number: int
    case: Case
    keys: tuple[SealKey, ...] = ()
    lost: bool = False

    @property
    def name(self) -> str:
        return f"laptop {self.number}"


@dataclass
class Sent:
    """A bundle, or a receipt, on its way."""

    path: Path
    giver: int
    taker: int


@dataclass
class Fleet:
    """All of them, what is on its way, and what a simple model knows of it."""

    draw: random.Random
    folder: Path
    laptops: list[Laptop]
    on_the_way: list[Sent] = field(default_factory=list)
    # Each word that was written, with the record that it was written into.
    words: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    # What only a lost laptop may have had, by word or digest.
    doubtful: set[str] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    count: int = 0
    hot: list[str] = field(default_factory=list)
    _by: dict[str, int] = field(default_factory=dict)

    def meet(self) -> None:
        """Each puts the others' keys on file; the first is headquarters."""
        for one in self.laptops:
            for other in self.laptops:
                if one is not other:
                    add_device(one.case, key=other.case.verifier.text(), title=other.name,
                               role="headquarters" if other.number == HQ else "field",
                               seal_to=[key.public for key in other.keys], actor="A", reason="met")

    def begin(self) -> None:
        """One of them has a record of every type already."""
        one = self.draw.choice(self.laptops)
        ids: dict[str, list[str]] = {}
        made = []
        for kind in TRAVELLING:
            if kind.name not in OWN:
                record = self._made(kind, ids, one)
                made.append(record)
                ids.setdefault(kind.prefix, []).append(record.id)
        with one.case.change(actor=self._who(one), reason="the first day") as change:
            change.put_many(made)
        self.hot = [record.id for record in self.draw.sample(made, 4)]
        for other in self.laptops:
            if other is not one and self.draw.random() < 0.7:
                self.pack(one, other)
                self.arrives(self.on_the_way[-1])

    # -- what people do

    def step(self) -> None:
        """Something happens on one of the laptops."""
        one = self.draw.choice([laptop for laptop in self.laptops if not laptop.lost])
        ways: list[tuple[float, Callable[[Laptop], None]]] = [
            (4, self.write), (10, self.rewrite), (6, self.settle), (1.5, self.photograph), (1, self.erase),
            (0.7, self.same_row), (3, self.packs), (4, self.takes), (0.4, self.line), (0.3, self.new_key),
            (0.3, self.lose),
        ]
        act = self.draw.choices([way for _, way in ways], [weight for weight, _ in ways])[0]
        try:
            act(one)
        except Invalid:
            self.did["refused"] += 1  # refers to what is erased, or may not stand so

    def _word(self, id_: str, one: Laptop) -> str:
        self.count += 1
        word = f"word {self.count:05}x"
        self.words[word] = id_
        self._by[word] = one.number
        return word

    def _put(self, one: Laptop, record: Record, act: str, who: str = "") -> None:
        try:
            with one.case.change(actor=who or self._who(one), reason="seen") as change:
                change.put(record)
        except HeadstampError:
            self.words.pop(str(getattr(record, "remark", "")), None)
            raise
        self.did[act] += 1
        self.did[f"{act} {record.NAME}"] += 1

    def _who(self, one: Laptop) -> str:
        return f"{self.draw.choice(('Ana', 'Ben'))} {one.number}"

    def _known(self, one: Laptop, kind: RecordType) -> list[str]:
        """The records of a type that are on this laptop."""
        with one.case.backend.reading() as conn:
            return list(conn.exec_driver_sql(f'SELECT id FROM "{kind.name}" ORDER BY log_seq').scalars())

    def _here(self, one: Laptop) -> dict[str, list[str]]:
        return {kind.prefix: some for kind in TRAVELLING if (some := self._known(one, kind))}

    def write(self, one: Laptop) -> None:
        """A new record of any type, about what is on this laptop."""
        kind = self.draw.choice([kind for kind in TRAVELLING if kind.name not in OWN])
        ids = {prefix: self.draw.sample(some, len(some)) for prefix, some in self._here(one).items()}
        try:
            made = self._made(kind, ids, one)
        except Invalid:
            return  # what it needs is not on this laptop
        self._put(one, made, "wrote")

    def _made(self, kind: RecordType, ids: dict[str, list[str]], one: Laptop) -> Record:
        made = plausible(kind, ids, seed=f"{self.count}")
        values = {fact.name: plain(getattr(made, fact.name)) for fact in kind.facts}
        values |= {"tier": self.draw.choice(TIERS), "id": made.id, "remark": self._word(made.id, one)}
        if values.pop("digest", None):
            values |= {"link": values.get("link") or "https://example.org/1"}
        return _built(kind, values)

    def rewrite(self, one: Laptop) -> None:
        """A correction of what is on this laptop: another word, another tier, a field left out."""
        id_ = self._some_record(one)
        if not id_:
            return
        shown = one.case.read("sealed").get(id_)
        kind = BY_NAME[shown.kind]
        values = {**shown.values, "id": id_, "remark": self._word(id_, one)}
        if self.draw.random() < 0.3:
            values["tier"] = self.draw.choice(TIERS)
        who = self._who(one)
        if shown.kind == "alert" and self.draw.random() < 0.5:  # and where it stands
            values |= {"alert_state": self.draw.choice(MOVES[shown.get("alert_state") or "draft"]),
                       "checked_by": shown.get("checked_by") or who, "why_withdrawn": "it was recalled"}
        spare = [fact.name for fact in kind.facts if fact.name in values and not fact.required
                 and fact.name not in ("id", "remark", "tier", "digest", "link")]
        if spare and self.draw.random() < 0.5:
            try:
                self._put(one, _built(kind, {**values, self.draw.choice(spare): None}), "corrected", who)
                return
            except Invalid:
                self.words[str(values["remark"])] = id_
        self._put(one, _built(kind, values), "corrected", who)

    def _some_record(self, one: Laptop) -> str:
        """Some record on this laptop; often one of a few, so that devices meet."""
        here = [id_ for id_ in self.hot if id_ in self._known(one, kind_of_id(id_))]
        if here and self.draw.random() < 0.7:
            return self.draw.choice(here)
        kinds = [kind for kind in TRAVELLING if kind.name not in OWN and self._known(one, kind)]
        if not kinds:
            return ""
        return self.draw.choice(self._known(one, self.draw.choice(kinds))[-3:])

    def same_row(self, one: Laptop) -> None:
        """The same row of the same table is taken in here and, by itself, on another laptop."""
        other = self.draw.choice([laptop for laptop in self.laptops if not laptop.lost])
        kind = self.draw.choice([BY_NAME["item"], BY_NAME["party"], BY_NAME["site"]])
        made = plausible(kind, {}, seed=f"row {self.count}")
        record = made.model_copy(update={"remark": self._word(made.id, one)})
        for laptop in {one.number: one, other.number: other}.values():
            self._put(laptop, record, "wrote the same row")

    def photograph(self, one: Laptop) -> None:
        """An original, and the photograph or the document that names it."""
        data = self.draw.randbytes(2_000)
        kind = self.draw.choice([BY_NAME["photograph"], BY_NAME["document"]])
        id_ = derived_id(kind.prefix, f"file {self.count}")
        word = self._word(id_, one)
        with one.case.change(actor=self._who(one), reason="seen") as change:
            digest = change.file(data).digest
            change.put(kind.cls.build({"id": id_, "digest": digest, "remark": word,
                                       **({"title": "a list"} if kind.name == "document" else {})}))
        self.files[digest], self._by[digest] = id_, one.number
        self.did["wrote a file"] += 1

    def settle(self, one: Laptop) -> None:
        """Somebody settles one of the contradictions on this laptop, all or some of it."""
        ids = [shown.id for shown in one.case.read("sealed").contested()]
        if not ids:
            return
        id_ = self.draw.choice(ids)
        names = one.case.open_names(id_)
        shown = one.case.read("sealed").get(id_)
        record = BY_NAME[shown.kind].cls.build(
            {**shown.values, "id": id_, "remark": self._word(id_, one)})
        with one.case.change(actor="S", reason="settled") as change:
            change.settle(record, self.draw.sample(names, self.draw.randint(1, len(names))), one.case.origin)
        self.did["settled"] += 1

    def erase(self, one: Laptop) -> None:
        """Two people agree that a field, or a whole record, goes for good."""
        id_ = self._some_record(one)
        if not id_:
            return
        fields = [] if self.draw.random() < 0.4 else ["remark"]
        self.count += 1
        eras = derived_id("eras", f"{self.count}")
        with one.case.change(actor="A", reason="asked") as change:
            change.put(BY_NAME["erasure"].cls.build(
                id=eras, record=id_, fields=fields, erasure_ground="order", why="a person asked"))
        approve(one.case, eras, actor="B", clearance="sealed")
        self.did["erased a field" if fields else "erased a record"] += 1

    # -- between laptops

    def packs(self, one: Laptop) -> None:
        """A bundle is packed for another and put on a stick, sealed where that one has keys."""
        other = self.draw.choice([laptop for laptop in self.laptops if laptop is not one])
        self.pack(one, other, everything=self.draw.random() < 0.1)

    def pack(self, one: Laptop, other: Laptop, *, everything: bool = False) -> Sent | None:
        if any(peer.title == other.name and peer.state != "active" for peer in peers(one.case)):
            return None  # it is lost
        self.count += 1
        path = self.folder / f"{self.count:05}.bundle"
        pack(one.case, other.name, path, actor=one.name, reason="end of the day", everything=everything)
        sent = Sent(path, one.number, other.number)
        self.on_the_way.append(sent)
        self.did["packed"] += 1
        return sent

    def takes(self, _: Laptop) -> None:
        """Something that was sent, at any time, arrives; or arrives again."""
        if self.on_the_way:
            sent = self.draw.choice(self.on_the_way)
            if not self.laptops[sent.taker].lost:
                self.arrives(sent)

    def arrives(self, sent: Sent) -> TakeResult | None:
        """It is taken in, and its receipt goes on its way. None for what a new key makes worthless."""
        taker = self.laptops[sent.taker]
        try:
            done = take(taker.case, sent.path, actor=taker.name, reason="came by stick", keys=taker.keys)
        except Refused as error:
            # Late on its way, or ahead of the bundle that tells of the new key.
            assert "replaced since" in error.message or "take in a bundle of it first" in error.message
            self.did["refused for a new key"] += 1
            return None
        self.did[f"took: {done.state}"] += 1
        self.did["held beside"] += done.beside
        if done.receipt:
            self.count += 1
            path = self.folder / f"{self.count:05}.receipt"
            path.write_text(done.receipt, encoding="utf-8")
            self.on_the_way.append(Sent(path, sent.taker, sent.giver))
        return done

    def line(self, one: Laptop) -> None:
        """Two exchange over a network instead."""
        other = self.draw.choice([laptop for laptop in self.laptops if laptop is not one])
        if other.lost:
            return
        try:
            sync(one.case, other.case)
        except HeadstampError:
            self.did["line refused"] += 1  # one of them has to look at something first
            return
        self.did["exchanged by line"] += 1

    def new_key(self, one: Laptop) -> None:
        replace_key(one.case, actor="A", reason="every year")
        self.did["new key"] += 1

    def lose(self, one: Laptop) -> None:
        """One that is not headquarters is taken away; all others mark it. Its key goes on signing."""
        if len(self.laptops) < 3 or one.number == HQ or any(laptop.lost for laptop in self.laptops):
            return
        for other in self.laptops:
            if other is not one:
                mark_lost(other.case, one.name, actor="A", reason="taken at a checkpoint")
        one.lost = True
        thief = self.draw.randint(0, 3)
        for _ in range(thief):
            try:
                self.draw.choice((self.write, self.rewrite, self.photograph))(one)
            except Invalid:
                continue
        if thief:
            self.packs(one)
        self.did["lost"] += 1

    # -- the end

    def end(self) -> None:
        """All that still go home: every bundle, receipt and decision comes to everybody."""
        home = [laptop for laptop in self.laptops if not laptop.lost]
        arrived = b"".join(body for laptop in home for _, _, body in versions(laptop.case).values())
        self.doubtful = {word for word, number in self._by.items()
                         if self.laptops[number].lost and word.encode() not in arrived}
        for sent in self.draw.sample(self.on_the_way, len(self.on_the_way)):
            if not self.laptops[sent.taker].lost:
                self.arrives(sent)
        for _ in range(3):
            for giver in self.draw.sample(home, len(home)):
                for taker in self.draw.sample(home, len(home)):
                    if giver is not taker:
                        self._hand_on(giver, taker)

    def _hand_on(self, giver: Laptop, taker: Laptop) -> None:
        sent = self.pack(giver, taker)
        assert sent is not None
        done = self.arrives(sent)
        assert done is not None
        if done.state == "quarantined":  # hands on what the lost one said to it: somebody looks
            done = release(taker.case, done.bundle, actor="L", reason="asked both", keys=taker.keys)
            self.did["released"] += 1
        assert done.receipt, done
        path = sent.path.with_suffix(".back")
        path.write_text(done.receipt, encoding="utf-8")
        back = self.arrives(Sent(path, taker.number, giver.number))
        assert back is None or back.state == "received"
        while left := waiting(taker.case):  # one may do for another
            approve(taker.case, left[0], actor="C", clearance="sealed")
            self.did["agreed to an erasure"] += 1


def _built(kind: RecordType, values: dict[str, object]) -> Record:
    return kind.cls.build({name: value for name, value in values.items() if value not in (None, [], ())})


def sync(one: Case, other: Case) -> None:
    """A direct exchange between two cases in this process."""
    from threading import Thread

    with hosting(one, title="", actor="H", reason="evening", host="127.0.0.1",
                 address="127.0.0.1") as (invitation, wait):
        thread = Thread(target=lambda: wait(5))
        thread.start()
        try:
            visit(other, invitation, title="", actor="G", reason="evening", seconds=5)
        finally:
            thread.join()


def versions(case: Case) -> Versions:
    """All versions on a device that travel, by their names in all logs: of what, made from what, saying what."""
    with case.backend.reading() as conn:
        size = case.checkpoint().size
        return {one.version.name: (one.version.id, frozenset(one.version.made_of), one.version.body)
                for one in versions_from(conn, case.origin, 0, size)}


def standing(case: Case) -> dict[str, frozenset[bytes]]:
    """Of each record what is current here and what stands open beside it, as texts."""
    found: dict[str, frozenset[bytes]] = {}
    with case.backend.reading() as conn:
        rows = list(conn.exec_driver_sql(
            "SELECT v.id, v.body FROM version v JOIN aside a ON a.seq = v.seq WHERE a.open = 1"))
        for kind in TRAVELLING:
            rows += conn.exec_driver_sql(
                f'SELECT v.id, v.body FROM version v JOIN "{kind.name}" k ON k.log_seq = v.seq').all()
    for id_, body in rows:
        found[id_] = found.get(id_, frozenset()) | {bytes(body)}
    return found


def leaves(known: Versions) -> dict[str, frozenset[bytes]]:
    """The same by the simplest rule there is: what nothing else was made from; equal beginnings are one."""
    first: dict[tuple[str, bytes], str] = {}
    same = {name: name if made_of else first.setdefault((id_, body), name)
            for name, (id_, made_of, body) in sorted(known.items())}
    followed = {same.get(one, one) for _, made_of, _ in known.values() for one in made_of}
    found: dict[str, frozenset[bytes]] = {}
    for name, (id_, _, body) in known.items():
        if same[name] not in followed:
            found[id_] = found.get(id_, frozenset()) | {body}
    return found


def erased(case: Case) -> dict[str, frozenset[str]]:
    with case.backend.reading() as conn:
        return dict(erased_of(conn))


def fleet(draw: random.Random, folder: Path, first: Case) -> Iterator[Fleet]:
    """Two to four laptops that know each other; headquarters is given, and may have keys to seal to."""
    stick = folder / "stick"
    stick.mkdir()
    others = [Case.create(folder / f"laptop{n}") for n in range(1, draw.randint(2, 4))]
    keys = (SealKey.generate(), SealKey.generate()) if draw.random() < 0.4 else ()
    made = Fleet(draw, stick, [Laptop(HQ, first, keys), *(
        Laptop(n, case) for n, case in enumerate(others, start=1))])
    made.meet()
    yield made
    for case in others:
        case.close()
