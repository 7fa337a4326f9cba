"""A picture with its data: the drawing, what must be said below it, and the same as a table.

Every picture of a chain of supply is made in this one form, so that pages, the command line
and the report show the same, and so that nothing stands in a drawing that the table lacks.
As files: SVG, PNG, CSV (the table; what a spreadsheet would take for a formula has an
apostrophe in front) and JSON (everything).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from csv import writer
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from headstamp.errors import Invalid
from headstamp.places import svg
from headstamp.publish.letter_csv import disarmed
from headstamp.publish.lettered import isolated
from headstamp.publish.raster import png
from headstamp.publish.sheets import Cell, write_bytes

Form = Literal["svg", "png", "csv", "json"]
FORMS: tuple[Form, ...] = ("svg", "png", "csv", "json")
MEDIA: Mapping[str, str] = {
    "svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. ``caption`` says what is and is not in it; ``heads`` and ``rows`` are its table.

    ``data`` is everything it was drawn from, as plain JSON values. ``svg`` is empty where no
    drawing can be made; the caption then says why.
    """

    name: str
    title: str
    svg: str
    caption: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Everything but the drawing, as plain JSON values."""
        return {"picture": self.name, "title": self.title, "caption": list(self.caption), **self.data}

    def alone(self) -> str:
        """The drawing as a file of its own: on white, the caption below it."""
        if not self.svg:
            raise Invalid(" ".join(self.caption) or "there is nothing to draw")
        return _alone(self.svg, self.caption)

    def content(self, form: Form) -> bytes:
        """The bytes of the picture in one form. Raises Invalid, Unavailable."""
        if form == "svg":
            return self.alone().encode("utf-8", "backslashreplace")
        if form == "png":
            return png(self.alone())
        if form == "json":
            return orjson.dumps(self.as_dict(), option=orjson.OPT_INDENT_2) + b"\n"
        text = io.StringIO(newline="")
        table = writer(text)
        table.writerow(self.heads)
        table.writerows([disarmed(cell) if isinstance(cell, str) else cell for cell in row]
                        for row in self.rows)
        return text.getvalue().encode("utf-8", "backslashreplace")

    def write(self, path: Path) -> int:
        """Writes it in the form that the path's ending names, whole or not at all; its size.

        Raises Invalid for another ending.
        """
        content = self.content(form_of(path.name))
        write_bytes(path, content)
        return len(content)


def form_of(name: str) -> Form:
    """The form that a file's ending names. Raises Invalid.

    >>> form_of("chain.PNG")
    'png'
    """
    ending = name.rpartition(".")[2].lower()
    for form in FORMS:
        if ending == form:
            return form
    raise Invalid(f"{name}: the ending says in which form to write it: "
                  + ", ".join("." + form for form in FORMS))


_LINE, _SIDE, _SIZE = 15.0, 8.0, 11.0


def _alone(drawing: str, caption: Sequence[str]) -> str:
    """A drawing given a white ground and its caption in lines at the foot."""
    head, _, rest = drawing.partition(">")
    width, height = _sizes(head)
    lines = [line for sentence in caption for line in wrapped(sentence, width - 2 * _SIDE, _SIZE)]
    high = height + (len(lines) * _LINE + 10 if lines else 0)
    head = head.replace(f'height="{svg.number(height)}"', f'height="{svg.number(high)}"', 1)
    head = head.replace(f'viewBox="0 0 {svg.number(width)} {svg.number(height)}"',
                        f'viewBox="0 0 {svg.number(width)} {svg.number(high)}"', 1)
    # Title and description stay first: that is where screen readers look for them.
    described, desc_end, body = rest.partition("</desc>")
    ground = (f'<rect class="picture-ground" width="{svg.number(width)}" '
              f'height="{svg.number(high)}" fill="#ffffff"/><g color="#23292e" fill="#23292e">')
    said = "".join(
        f'<text class="picture-caption" x="{svg.number(_SIDE)}" '
        f'y="{svg.number(height + 8 + at * _LINE)}" font-size="{svg.number(_SIZE)}">'
        f"{isolated(line)}</text>" for at, line in enumerate(lines)
    )
    return f"{head}>{described}{desc_end}{ground}{body.removesuffix('</svg>')}{said}</g></svg>"


def _sizes(head: str) -> tuple[float, float]:
    box = head.partition('viewBox="0 0 ')[2].partition('"')[0].split(" ")
    return float(box[0]), float(box[1])


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines that are not wider than ``width``; a word too long for one is cut.

    >>> wrapped("one two three", 45, 10)
    ['one two', 'three']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and svg.text_width(longer, size) > width:
            lines.append(line)
            longer = word
        line = svg.shortened(longer, width, size)
    return [*lines, line] if line else lines
