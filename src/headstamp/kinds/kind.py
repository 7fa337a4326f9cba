"""What every kind of value has in common.

A kind is put into a field's annotation (``Annotated[str, LINE]``) and found
there again by :func:`kind_of`. Cleaned values are plain JSON values (text,
whole numbers, floats, truth values) so that the log, the tables and the pages
all speak of the same thing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import isfinite
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

Sql = Literal["text", "int", "real", "bool", "json"]


class Unfit(ValueError):
    """A value that its kind refuses: the rule it breaks, and what to do about it."""

    def __init__(self, rule: str, advice: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.advice = advice


class Kind(ABC):
    """One kind of value. Subclasses say how to clean it; the rest has sound defaults.

    ``sql`` is the column type of the stored value; ``widget`` is the form
    control; ``schema`` the JSON Schema of the cleaned value.
    """

    name: str = "text"
    title: str = "text"
    sql: Sql = "text"
    widget: str = "line"
    schema: dict[str, Any] = {"type": "string"}
    example: str = ""

    @abstractmethod
    def clean(self, value: Any) -> Any:
        """The value in its stored form; raises Unfit where it breaks the kind's rule."""

    def show(self, value: Any) -> str:
        """The value as a reader sees it."""
        return str(value)

    def extra_columns(self) -> tuple[tuple[str, Sql, Callable[[Any], Any]], ...]:
        """Derived columns beside the value: (suffix, type, function of the cleaned value)."""
        return ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.clean, serialization=core_schema.plain_serializer_function_ser_schema(_same)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)

    def __repr__(self) -> str:
        return f"<kind {self.name}>"


def _same(value: Any) -> Any:
    return value


def want_text(value: Any, what: str) -> str:
    """The value as text; numbers are written out, everything else is refused.

    A float that is no number (NaN: a table's empty cell) is not taken for the text "nan".
    """
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if type(value) is float and isfinite(value):
        return repr(int(value)) if value.is_integer() else repr(value)
    raise Unfit(f"{what} must be text", "Write it as text.")


# Surrogates cannot be encoded as UTF-8, so they can be neither logged nor stored.
def refuse_unstorable(text: str) -> str:
    """The text itself, unless it holds a character that no store can keep."""
    if "\x00" in text:
        raise Unfit("a NUL character cannot be kept", "Remove the NUL character.")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Unfit(
                "half of a character pair (a lone surrogate) cannot be kept",
                "The file's encoding was probably misread; give the right one.",
            ) from None
    return text


def is_storable(text: str) -> bool:
    """Whether a store can keep this text, so that asking for it makes sense."""
    try:
        refuse_unstorable(text)
    except Unfit:
        return False
    return True
