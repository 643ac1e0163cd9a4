"""What the command line says of imports, to be read aloud: a plan, its rows, what taking it back left.

Only wording belongs here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.commands.common import table
from contact_pipeline.imports.findings import finding_kinds

if TYPE_CHECKING:
    from contact_pipeline.imports.plan import Plan
    from contact_pipeline.imports.undoing import Undone

ACTIONS: Final = {
    "create": "a new person is added",
    "update": "a known person is changed",
    "fill": "a known person; blanks are filled",
    "skip": "left out by the policy",
    "unchanged": "landed before, just so",
    "refuse": "has an error and stays out",
    "drop": "left out by hand, or a row of sums",
}
ABOUT: Final = (
    ("refused_opt_outs", "refused row says no to messages, which holds for its addresses once this is applied",
     "refused rows say no to messages, which holds for their addresses once this is applied"),
    ("conflicts", "row would join people that are two today", "rows would join people that are two today"),
    ("duplicates_inside", "row is the new person of an earlier row", "rows are the new person of an earlier row"),
    ("protected", "value stays: its owner or a lock protects it", "values stay: their owner or a lock protects them"),
    ("kept", "value stays: the policy overwrites none", "values stay: the policy overwrites none"),
    ("changed", "value of a known person would change", "values of known people would change"),
    ("filled", "blank of a known person would be filled", "blanks of known people would be filled"),
    ("added", "phone or e-mail address would be added to a known person", "phones or e-mail addresses would be added"),
)  # fmt: skip


def summary(plan: Plan) -> str:
    """A plan: what would become of its rows, what is wrong, and what to type next."""
    counts, name = plan.counts, plan.import_id
    lines = [
        f"{name}: {plan.file_name}, {plan.status}; policy {plan.policy}: {plan.rule.says}.",
        *plan.notes,
        table(
            ("rows", "what becomes of them"),
            [*((counts[action], f"{action}: {words}") for action, words in ACTIONS.items() if counts[action]),
             (counts["rows"], "in all")],
        ),
        *(f"  {counts[key]:,} {one if counts[key] == 1 else many}" for key, one, many in ABOUT if counts.get(key)),
    ]  # fmt: skip
    if counts["findings"]:
        found = [(f["rows"], f["severity"], f"{_title(f['code'])} ({f['code']})") for f in counts["findings"]]
        lines.append(table(("rows", "problem", ""), found))
    return "\n".join([*lines, *_next(plan)])


def _title(code: str) -> str:
    return finding_kinds()[code].title if code in finding_kinds() else code


def _next(plan: Plan) -> Iterator[str]:
    """The commands that may follow."""
    name, counts = plan.import_id, plan.counts
    yield f"Row by row:    contact-pipeline imports show {name} --rows"
    if counts["refuse"]:
        yield f"The refused:   contact-pipeline imports show {name} --status error"
        yield f"Correct them:  contact-pipeline imports report {name}   (in a spreadsheet), or"
        yield f"               contact-pipeline imports fix {name} --set ROW:COLUMN=VALUE"
    if plan.undone_at is not None:
        yield f"Have it again: contact-pipeline imports redo {name}"
    elif plan.status == "planned" and any(counts[action] for action in ("create", "update", "fill")):
        yes = " --confirm" if plan.rule.asks and counts["update"] else ""
        which = "the others:" if counts["refuse"] else "them in: "
        yield f"Take {which}  contact-pipeline imports apply {name}{yes}"
    if plan.status == "applied":
        yield f"Take it back:  contact-pipeline imports undo {name}"


def rows_table(rows: list[dict[str, Any]]) -> str:
    """Rows of a plan."""
    lines = [
        (
            row["row_number"],
            _who(row["values"]),
            row["action"],
            row["why"] if row["action"] != "refuse" else "has an error",
            "; ".join(map(_change, row["changes"])),
            "; ".join(map(_finding, row["findings"])),
        )
        for row in rows
    ]
    return table(("row", "who", "action", "why", "values", "what is wrong"), lines)


def _who(values: dict[str, Any]) -> str:
    names = " ".join(str(values[name]) for name in ("first_name", "last_name") if name in values)
    return names or str(values.get("email") or values.get("phone") or values.get("company") or "")


def _change(change: dict[str, Any]) -> str:
    """`employer: Firm 1 -> Another Firm`, and what keeps it from being so."""
    before = f"{change['before']} -> " if change["before"] is not None else "+"
    kept = {"adds": " (beside it)", "keeps": " (kept: the policy)", "protected": " (kept: its owner or a lock)"}
    return f"{change['field']}: {before}{change['after']}{kept.get(change['what'], '')}"


def _finding(finding: dict[str, Any]) -> str:
    """`Phone '12': Too short …`."""
    about = " ".join(filter(None, (finding["column"], f"'{finding['value']}'" if finding["value"] else None)))
    return f"{about}: {finding['hint']}" if about else str(finding["hint"])


def undone(done: Undone) -> str:
    """What taking an import back did, and what stays."""
    stays = [
        f"  {number:,} {words}"
        for number, words in (
            (done.opt_outs, "rows that say no to messages: the no stays with the person and the address"),
            (len(done.exported), "people that files carried since: what left cannot be called back"),
            (done.decided, "decisions that name its rows; they wait for it"),
            (done.born, "PIDs that only its rows have; they stay reserved and come back with imports redo"),
        )
        if number
    ]
    name = done.plan.import_id
    told = f"{done.rows:,} rows of {name} count no more; people they joined come apart with the next run."
    return "\n".join(
        [told, *(["What stays:", *stays] if stays else []), f"Again: contact-pipeline imports redo {name}"]
    )
