"""What rules do to a cell before it is read: trimmed, put in one case, a word turned into the value it stands for.

Turning a rule into SQL belongs here; nothing is read or judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from contact_pipeline.imports.rules import CellRule
from contact_pipeline.sources.list_file.building import key_sql, text_sql, whens
from contact_pipeline.sources.list_file.fields import answer_key

STEPS = {
    "trim": "trim({0})",
    "squeeze": r"trim(regexp_replace({0}, '\s+', ' ', 'g'))",
    "lower": "lower({0})",
    "upper": "upper({0})",
    "title": "array_to_string(list_transform(string_split(lower({0}), ' '), lambda w: upper(w[1]) || w[2:]), ' ')",
}
"""Transform → SQL over the cell."""


def transformed(rule: CellRule, cell: str) -> str:
    """SQL for a cell after a rule's transforms, value mapping, synonyms and default; a blank one is null.

    Args:
        rule: The field's or column's.
        cell: SQL for the cell as text.
    """
    for step in rule.transform:
        cell = STEPS[step].format(cell)
    cell = mapped(cell, words_of_rule(rule))
    cell = f"nullif(trim({cell}), '')"
    return cell if rule.default is None else f"coalesce({cell}, {text_sql(rule.default)})"


def words_of_rule(rule: CellRule) -> dict[str, str]:
    """Word as compared → the value it stands for: each allowed value's own name, its synonyms, mapped values."""
    own = {answer_key(value): value for value in rule.allowed}
    synonyms = {answer_key(word): value for value, words in rule.synonyms.items() for word in words}
    return {**own, **synonyms, **{answer_key(word): value for word, value in rule.values.items()}}


def mapped(cell: str, words: Mapping[str, str]) -> str:
    """SQL for a cell in which known words became the values they stand for; the others stay."""
    return f"case {whens(key_sql(cell), words)} else {cell} end" if words else cell
