"""headstamp: document finds of weapons, keep the evidence, trace where they came from.

It serves arms control and accountability only. The rooms of the program, from
top to bottom, are listed in ``docs/map.md``; their order is checked by
``lint-imports`` (``[tool.importlinter]`` in ``pyproject.toml``).
"""
