"""What every record carries: id, tier, source, grade and remark (rule 4: provenance).

Records are frozen. A correction is a new version of the same id; who made it,
when and why stands in the log entry, not in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from headstamp.errors import Invalid, Problem
from headstamp.kinds.grade import Grade
from headstamp.kinds.identity import RecordId, new_id
from headstamp.kinds.kind import Unfit
from headstamp.kinds.provenance import Source
from headstamp.kinds.text import Prose
from headstamp.kinds.tier import Tier


def fact(
    title: str, default: Any = None, *, also: tuple[str, ...] = (), facet: bool = False,
    text: bool = False, help: str = "",
) -> Any:
    """Declares one field of a record.

    ``title`` is what a form asks; ``also`` are the names under which other
    people's tables hold it, in any language; ``facet`` makes it a way to narrow
    lists (indexed and counted); ``text`` makes it part of the free-text search.
    Pass ``...`` as default where the field must be given.
    """
    return Field(
        default=default, title=title, description=help or None,
        json_schema_extra={"x-also": list(also), "x-facet": facet, "x-text": text},
    )


class Record(BaseModel):
    """Base of all record types."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    NAME: ClassVar[str]
    PLURAL: ClassVar[str]
    PREFIX: ClassVar[str]
    VERSION: ClassVar[int] = 1
    # Fields that refer to the records this one belongs to: it is never shown
    # to somebody who may not see them.
    OWNERS: ClassVar[tuple[str, ...]] = ()
    # Whether records of this type stay on the device where they were written, and are
    # withheld from what is handed to other devices.
    LOCAL: ClassVar[bool] = False
    # Whether a person fills one in as a form. False where each comes from an act of its own, by
    # which more is looked at: whom to trust, what has arrived, what goes for good.
    BY_HAND: ClassVar[bool] = True
    # The partial date by which records of this type stand in time.
    WHEN: ClassVar[str] = ""

    id: RecordId = Field(default="", title="id")
    tier: Tier = fact("Who may see it", "partner", also=("classification", "niveau"), facet=True)
    source: Source | None = fact("Where it comes from")
    grade: Grade | None = fact("Source grade", also=("admiralty", "source grade"))
    remark: Prose | None = fact(
        "Remark", also=("note", "notes", "comment", "comments", "remarks", "observaciones",
                        "примечание", "ملاحظات"), text=True,
    )

    def rules(self) -> Iterable[Unfit]:
        """What is wrong between this record's fields; nothing where all is well."""
        return ()

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> Self:
        # An id tells by its prefix in which table its record lies.
        if not self.id.startswith(self.PREFIX + "-") and self.id:
            raise _Broken([Unfit(
                f"{self.id} does not begin with {self.PREFIX}-, "
                f"as the id of every {self.NAME.replace('_', ' ')} does",
                "Leave the id out, or give the right one.",
            )])
        # What is on file already is taken as it is: of an older version fields may be erased.
        if type(self).rules is not Record.rules and info.context != ON_FILE:
            broken = list(self.rules())
            if broken:
                raise _Broken(broken)
        return self

    @classmethod
    def build(cls, values: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """A record from its values, with a fresh id where none is given.

        Raises Invalid with every problem at once.
        """
        given = {**(values or {}), **more}
        given.setdefault("id", new_id(cls.PREFIX))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise Invalid(
                f"this {cls.NAME.replace('_', ' ')} cannot be recorded", problems_of(error)
            ) from None

    def label(self) -> str:
        """A short text by which a reader knows the record; the id where nothing better is there."""
        return self.id


ON_FILE = "on file"
"""The context in which a record is read again that was looked at when it was recorded."""


class _Broken(ValueError):
    def __init__(self, broken: list[Unfit]) -> None:
        super().__init__("; ".join(unfit.rule for unfit in broken))
        self.broken = broken


_RULES = {
    "missing": ("this field must be given", "Fill it in."),
    "extra_forbidden": ("there is no such field", "Check the field's name."),
    "model_type": ("this field has several parts", "Give them by name, as an object."),
    "tuple_type": ("this field holds several values", "Give them as a list."),
    "dict_type": ("this is an object of named values", "Give its fields by name."),
}


def _sayable(text: str) -> str:
    """The text as it can be printed: what no encoding knows is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def problems_of(error: ValidationError) -> list[Problem]:
    """All problems of a refused record, in our words."""
    problems: list[Problem] = []
    for found in error.errors(include_url=False):
        name = _sayable("_".join(str(part) for part in found["loc"]))
        given = found.get("input")
        value = given if isinstance(given, str) else ("" if given is None else repr(given)[:200])
        value = _sayable(value)
        cause = (found.get("ctx") or {}).get("error")
        if isinstance(cause, Unfit):
            problems.append(Problem(cause.rule, cause.advice, name, value))
        elif isinstance(cause, _Broken):
            problems.extend(Problem(unfit.rule, unfit.advice) for unfit in cause.broken)
        else:
            rule, advice = _RULES.get(found["type"], (found["msg"], ""))
            problems.append(Problem(rule, advice, name, "" if found["type"] == "missing" else value))
    return problems
