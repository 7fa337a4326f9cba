"""The pages, and the same as JSON: thin over the read filter and the acts.

To add a page: write ``contexts/<page>.py`` (a frozen dataclass and one function
``(reader, params) -> Context``, no web in it), a template, and a
:class:`~headstamp.web.page.Page` in ``routes/<page>.py``; name that module in
``routes/__init__.py``. Its JSON twin and its place in the OpenAPI document
follow from the same declaration.
"""
