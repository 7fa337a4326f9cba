"""The words with which people write ranges of serial numbers, in five languages.

The ordinary words of letters, packing lists and trace answers, by hand; no
published list is known. A word that is missing here makes the parser leave out
what it did not understand and say so, never guess. Words of one letter (``à``,
``a``, ``y``, ``с``, ``и``) count only where they are written small and by
themselves, since a capital is as likely the letter of a number.
"""

from __future__ import annotations

import re
from typing import Final

FROM: Final = (
    "starting at", "starting from", "starting with", "beginning with", "from", "between",
    "à partir de", "à partir du", "de la", "depuis", "entre", "de", "du", "des",
    "a partir de", "a partir del", "desde el", "desde", "del", "de los",
    "начиная с", "между", "от", "со", "с",
    "ابتداء من", "اعتبارا من", "من", "بين",
)
BETWEEN: Final = frozenset({"between", "entre", "между", "بين"})
TO: Final = (
    "up to and including", "through to", "up to", "to", "through", "thru", "until", "till",
    "jusqu'à", "jusqu'au", "jusqu’à", "jusqu’au", "à", "au", "aux",
    "hasta el", "hasta", "al", "a", "bis",
    "вплоть до", "до", "по",
    "إلى", "الى", "لغاية", "حتى", "وحتى",
)
AND: Final = (
    "as well as", "and also", "and", "plus", "&", "+", "or",
    "ainsi que", "et", "ou", "y también", "y", "e", "o", "и", "а также", "или", "و", "أو", "und",
)
ONWARD: Final = (
    "and those that follow", "and following", "and above", "or above", "and up", "and upwards",
    "and onwards", "onwards", "onward", "upwards", "et seqq.", "et seq.", "et seqq", "et seq",
    "ff.", "ff", "et suivants", "et suivantes", "et suiv.", "et au-delà",
    "y siguientes", "y sig.", "en adelante", "y superiores",
    "и далее", "и выше", "и последующие", "и сл.",
    "فما فوق", "وما فوق", "فصاعدا", "فصاعداً", "وما بعده", "وما بعدها", "وما يليه",
)
BELOW: Final = (
    "and below", "or below", "or less", "and lower", "et précédents", "et antérieurs",
    "y anteriores", "y menores", "и ниже", "и менее", "فما دون", "وما دون", "وما قبله",
)
NAMES: Final = (
    "serial numbers", "serial number", "serial nos.", "serial nos", "serial no.", "serial no",
    "serials", "serial", "ser. no.", "ser.", "s/ns", "s/n's", "s/n", "sns", "sn", "numbers",
    "numbered", "number", "nos.", "nos", "no.", "no", "nrs.", "nrs", "nr.", "nr", "#", "ranges",
    "range", "numéros de série", "numéro de série", "numéros", "numéro", "n° de série", "n°", "n°s",
    "nº", "de série", "série", "matricules", "matricule", "números de serie", "número de serie",
    "números", "número", "núm.", "núm", "num.", "de serie", "series", "serie",
    "серийные номера", "серийных номеров", "серийный номер", "заводские номера",
    "заводской номер", "заводскими номерами", "номера", "номеров", "номерами", "номер", "зав.",
    "сер.", "серия", "серии", "الأرقام التسلسلية", "الارقام التسلسلية", "الرقم التسلسلي",
    "أرقام تسلسلية", "رقم تسلسلي", "الأرقام", "الارقام", "أرقام", "ارقام", "الرقم", "رقم",
)
FILLERS: Final = (
    "inclusive", "incl.", "incl", "including both ends", "both", "all", "each", "the",
    "inclusivement", "inclus", "compris", "les", "le", "la", "inclusive", "ambos", "los", "las",
    "el", "включительно", "вкл.", "ضمنا", "ضمناً",
)
EXCEPT: Final = (
    "except for", "except", "excluding", "exclusive", "without", "but not", "sauf", "excepté",
    "exclusivement", "excepto", "salvo", "excluyendo", "кроме", "исключая", "за исключением",
    "باستثناء", "عدا", "ما عدا",
)
# Where several lists hold a word, the earlier list is meant.
KINDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("onward", ONWARD), ("below", BELOW), ("except", EXCEPT), ("name", NAMES), ("to", TO),
    ("from", FROM), ("and", AND), ("filler", FILLERS),
)


def _pattern() -> tuple[str, dict[str, str]]:
    kinds: dict[str, str] = {}
    for kind, words in KINDS:
        for word in words:
            kinds.setdefault(word, kind)
    bare = sorted((w for w in kinds if w[-1].isalnum() or w[-1] in ".'’°"), key=len, reverse=True)
    signs = [re.escape(word) for word in kinds if word not in bare]
    # A letter before or after would make it part of another word; a digit after it is fine.
    # One letter by itself counts only small, where its script knows the difference.
    many = "|".join(re.escape(word) for word in bare if len(word) > 1)
    one = "|".join(re.escape(word) for word in bare if len(word) == 1 and word != "و")
    # The Arabic "and" is written together with what follows.
    return (
        rf"(?<![^\W_])(?:(?i:{many})(?![^\W\d_])|(?:{one})(?![^\W_])|و(?=[\s\d]))|"
        + "|".join(signs), kinds,
    )


PATTERN, KIND_OF = _pattern()
"""A regular expression for any of the words, and the kind of each (in small letters)."""
