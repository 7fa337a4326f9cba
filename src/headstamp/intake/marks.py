"""What a cell of a marking column says: characters seen, or why there are none.

People write "obliterated", "none" or "n/k" into the column of serial numbers.
Removed, absent and not recorded are different facts (see ``records.marking``)
and none of them is a text. A ``?`` in a text stands for a character that
cannot be read and is kept.
"""

from __future__ import annotations

from headstamp.vocab import fold

_SAID = {
    "removed": (
        "removed", "erased", "ground off", "filed off", "milled off", "scraped off", "sanded off",
        "ground", "effacé", "enlevé", "meulé", "borrado", "eliminado", "limado", "raspado",
        "удален", "удалён", "спилен", "стёрт", "видалено", "ممسوح", "مزال", "removido", "apagado",
    ),
    "defaced": (
        "defaced", "obliterated", "scratched", "scratched out", "damaged on purpose", "oblitéré",
        "mutilado", "raspada", "уничтожен", "сбит", "забит", "مطموس", "مشوه", "suprimida",
    ),
    "absent": (
        "none", "no mark", "no marking", "no markings", "no serial", "no serial number", "unmarked",
        "not marked", "absent", "never marked", "aucun", "aucune", "sans", "ninguno", "ninguna",
        "sin marca", "sin numero", "нет", "отсутствует", "без номера", "немає", "لا يوجد",
        "بدون", "sem numero", "nenhum",
    ),
    "not_recorded": (
        "unspecified", "(unspecified)", "not recorded", "unknown", "n/k", "n k", "nk", "n/a", "n a",
        "na", "not known", "not available", "inconnu", "inconnue", "non renseigné", "desconocido",
        "no consta", "неизвестен", "неизвестно", "невідомо", "غير معروف", "desconhecido",
    ),
    "partial": (
        "illegible", "unreadable", "not legible", "cannot be read", "illisible", "ilegible",
        "ilegível", "нечитаемый", "не читается", "нечитаем", "غير مقروء",
    ),
}
_STATE = {fold(word): state for state, words in _SAID.items() for word in words}
_DASHES = frozenset({"-", "--", "---", "–", "—", "/", "."})


def state(cell: str) -> str:
    """The state of the marking a cell tells of.

    >>> [state(c) for c in ("AB 1234", "AB1?34", "Obliterated", "none", "n/k", "illegible")]
    ['clear', 'partial', 'defaced', 'absent', 'not_recorded', 'partial']
    """
    plain = cell.strip()
    if plain in _DASHES:
        return "not_recorded"
    said = _STATE.get(fold(plain)) if len(plain) < 40 else None
    if said is not None:
        return said
    return "partial" if "?" in plain or "？" in plain else "clear"


def text(cell: str) -> str | None:
    """The characters seen; None where the cell only says why there are none.

    A marking that is there but cannot be read at all is one unread run, ``?``.

    >>> [text(c) for c in ("AB1?34", "removed", "illegible")]
    ['AB1?34', None, '?']
    """
    said = state(cell)
    if said in ("clear", "partial"):
        return "?" if _STATE.get(fold(cell)) == "partial" else cell
    return None
