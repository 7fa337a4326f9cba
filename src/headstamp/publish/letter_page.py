"""The letter as a page for the PDF printer, from a template that a user may have changed.

The template is run in a sandbox: one that came with somebody else's folder can read nothing
but the letter. What is wrong with it is told with file and line.
"""

from __future__ import annotations

import base64
from types import TracebackType

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from headstamp.errors import Invalid, Problem
from headstamp.publish import wording
from headstamp.publish.letter import Letter
from headstamp.publish.letter_run import Line, Para, Run
from headstamp.publish.letter_words import Templates


def render(letter: Letter, templates: Templates) -> str:
    """The letter as one HTML page that needs nothing else. Raises Invalid naming file and line."""
    rtl = letter.words.rtl
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        line=lambda line: _line(line), block=lambda para: _block(para, rtl), picture=_picture)
    try:
        template = environment.from_string(templates.html)
        # Named so that the line of an error in it can be told.
        return template.render(
            letter=letter, words=letter.words, rtl=rtl, direction="rtl" if rtl else "ltr",
            style=Markup(templates.css.replace("</", "<\\/")))  # noqa: S704  (cannot end the style)
    except TemplateSyntaxError as error:
        raise _unfit(templates, error.lineno, error.message or "it cannot be read") from error
    except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError,
            RecursionError) as error:
        line = _line_of(error.__traceback__)
        if line is None:
            raise
        raise _unfit(templates, line, str(error)) from error


def _unfit(templates: Templates, line: int, what: str) -> Invalid:
    return Invalid("the templates of the letter cannot be used", [Problem(
        what[:200].rstrip("."), "Compare with the shipped file (headstamp request templates DIR).",
        file=f"{templates.html_file}, line {line}")])


def _line_of(trace: TracebackType | None) -> int | None:
    """The line of the template in which it happened; None where that was not in the template."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _line(line: Line) -> Markup:
    return Markup("").join(_run(run) for run in line)


def _run(run: Run) -> Markup:
    if run.how == "own":
        return Markup("{}").format(run.text)
    if run.how == "label":
        return Markup("<b>{}</b>").format(run.text)
    if run.how == "mark":
        return wording.marking(run.text)
    if run.how == "code":
        return Markup('<bdi dir="ltr" class="own">{}</bdi>').format(run.text)
    return Markup('<bdi dir="{}" class="own">{}</bdi>').format(
        "rtl" if run.rtl else "ltr", wording.said(run.text) if run.rtl else run.text)


def _block(para: Para, rtl: bool) -> Markup:
    """A paragraph of somebody's words; it runs its own way, whatever way the letter runs."""
    text = "".join(run.text for run in para.runs)
    if para.rtl:
        return Markup('<p class="said" dir="rtl">{}</p>').format(wording.said(text))
    return Markup('<p class="said" dir="ltr">{}</p>').format(text)


def _picture(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
