"""Where the engines still differ, each difference as a question with what either engine makes of it.

What could be set right is set right in :mod:`headstamp.engine.duckdb` and :mod:`headstamp.engine.spark`. What is left
stands here and nowhere else: the tests ask every one of these of both engines, and hold the SQL of all
questions clear of them. SQL that somebody typed is not rewritten: it is that engine's own answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Fails:
    """The engine refuses with Invalid, and these words are in what it says."""

    words: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference: in words, as a question, what each engine answers, and what to write instead.

    An answer is a list of rows, or ``Fails``.
    """

    words: str
    sql: str
    duckdb: Any
    spark: Any
    instead: str


def _x(value: Any) -> list[dict[str, Any]]:
    return [{"x": value}]


_NOT_A_FUNCTION: Final = Fails("UNRESOLVED_ROUTINE")

GAPS: Final[tuple[Gap, ...]] = (
    Gap("A fraction made a whole number is rounded by DuckDB and cut off by Spark",
        "SELECT CAST(2.5 AS BIGINT) AS x", _x(3), _x(2), "CAST(FLOOR(a) AS BIGINT)"),
    Gap("A text with a fraction is made a whole number by DuckDB alone",
        "SELECT CAST('5.7' AS BIGINT) AS x", _x(6), Fails("CAST_INVALID_INPUT"),
        "CAST(a AS DOUBLE), then CAST(FLOOR(a) AS BIGINT)"),
    Gap("A month or a year is made a day by Spark alone",
        "SELECT CAST('2024-01' AS DATE) AS x", Fails("invalid date"), _x("2024-01-01"),
        "the bounds that a snapshot has beside each date (_from, _to), and engine.days"),
    Gap("A day and a month make a moment in DuckDB, a day in Spark",
        "SELECT DATE '2024-01-31' + INTERVAL 1 MONTH AS x", _x("2024-02-29T00:00:00"), _x("2024-02-29"),
        "days as texts, and engine.days"),
    Gap("CONCAT passes over an empty value in DuckDB and is empty in Spark",
        "SELECT CONCAT('a', NULL) AS x", _x("a"), _x(None), "a || b"),
    Gap("ARRAY_AGG keeps empty values in DuckDB and leaves them out in Spark",
        "SELECT ARRAY_AGG(x) AS x FROM (VALUES (1), (NULL)) AS t(x)", _x([1, None]), _x([1]), "rows"),
    Gap("Capital letters of a few letters differ",
        "SELECT UPPER('\u00df') AS x", _x("\u1e9e"), _x("SS"), "texts compared as they are written"),
    Gap("Small letters of a few letters differ",
        "SELECT LOWER('\u0130') AS x", _x("i"), _x("i\u0307"), "texts compared as they are written"),
    Gap("CHR of a number beyond 255 is the remainder's letter in Spark",
        "SELECT CHR(1078) AS x", _x("\u0436"), _x("6"), "the letter itself"),
    Gap("The letter before the first one is a place in DuckDB",
        "SELECT SUBSTR('abc', 0, 2) AS x", _x("a"), _x("ab"), "places from 1"),
    Gap("A backslash shields a sign of LIKE in Spark alone",
        "SELECT 'a_b' LIKE 'a\\_b' AS x", _x(False), _x(True), "LIKE '...' ESCAPE '!'"),
    Gap("The logarithm of nothing is refused by DuckDB and empty in Spark",
        "SELECT LN(0) AS x", Fails("what is no number"), _x(None), "CASE WHEN a > 0 THEN LN(a) END"),
    Gap("LOG of one number is that to ten in DuckDB, the natural one in Spark",
        "SELECT LOG(100) AS x", _x(2.0), _x(4.605170185988092), "LN(a) or LOG10(a)"),
    Gap("Half of a last place is rounded as it is stored in DuckDB, as it is written in Spark",
        "SELECT ROUND(CAST(1.005 AS DOUBLE), 2) AS x", _x(1.0), _x(1.01), "numbers unrounded; round what is shown"),
    Gap("Numbers with a point are decimals in Spark, and so is what they are divided into",
        "SELECT 1.0 / 3 AS x", _x(0.3333333333333333), _x(0.333333), "CAST(a AS DOUBLE)"),
    Gap("FLOOR gives a number with a point in DuckDB, a whole number in Spark",
        "SELECT CAST(FLOOR(7 / 2) AS STRING) AS x", _x("3.0"), _x("3"), "CAST(FLOOR(a) AS BIGINT)"),
    Gap("A large number as text is written out by DuckDB, with its power of ten by Spark",
        "SELECT CAST(CAST(1e10 AS DOUBLE) AS STRING) AS x", _x("10000000000.0"), _x("1.0E10"), "numbers as numbers"),
    Gap("A sum beyond 9,223,372,036,854,775,807 is refused by Spark",
        "SELECT SUM(x) AS x FROM (VALUES (9223372036854775807), (1)) AS t(x)",
        _x(9223372036854775808), Fails("ARITHMETIC_OVERFLOW"), "SUM(CAST(a AS DOUBLE))"),
    Gap("COUNT of several different values together is known to Spark alone",
        "SELECT COUNT(DISTINCT tag, make) AS x FROM item", Fails("No function matches"), _x(2),
        "COUNT(*) over a SELECT DISTINCT"),
    Gap("Whole division has a sign in DuckDB alone",
        "SELECT 7 // 2 AS x", _x(3), Fails("PARSE_SYNTAX_ERROR"), "CAST(FLOOR(a / b) AS BIGINT)"),
    Gap("Regular expressions have no name in common",
        "SELECT REGEXP_MATCHES('ab', 'b') AS x", _x(True), _NOT_A_FUNCTION, "LIKE"),
    Gap("The place of a text has a short name in DuckDB alone",
        "SELECT STRPOS('abc', 'b') AS x", _x(2), _NOT_A_FUNCTION, "POSITION(b IN a)"),
    Gap("A step that asks itself again ends at a hundred in Spark",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 200) SELECT MAX(n) AS x FROM r",
        _x(200), Fails("RECURSION_LEVEL_LIMIT_EXCEEDED"), "fewer steps, or the graph of supply"),
    Gap("Orders of letters have no name in common",
        "SELECT x FROM (VALUES ('b')) AS t(x) ORDER BY x COLLATE NOCASE", _x("b"), Fails("COLLATION_INVALID_NAME"),
        "the order of the code points, which both have"),
    Gap("A column without a name is called otherwise by each",
        "SELECT COUNT(*) FROM item", [{"count_star()": 3}], [{"count(1)": 3}], "AS and a name"),
    Gap("A column asked for in other letters is called as it is in DuckDB, as asked in Spark",
        "SELECT TAG FROM item ORDER BY tag LIMIT 1", [{"tag": None}], [{"TAG": None}], "AS and a name"),
)
