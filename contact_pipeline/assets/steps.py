"""Which SQL models share a step of Dagster's: a step of its own costs Dagster more than most models cost DuckDB.

Only the division belongs here. Models of a stage share a step unless something else must run between them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from graphlib import CycleError, TopologicalSorter


def shared_steps(reads: Mapping[str, Set[str]], shared: Iterable[str], apart: Collection[str]) -> dict[str, list[str]]:
    """The steps of the tables in `shared`, each after those it reads: the name of a step to its tables, in their order.

    `reads` holds what every table stands behind, also those with a step of their own. Tables in `apart` share no step
    with those that read them: a check stands between, and holds them back when it fails.
    """
    step_of: dict[str, str] = {}
    steps: dict[str, list[str]] = {}
    for table in shared:
        stage = table.partition(".")[0]
        mine = [name for name in steps if steps[name][0].partition(".")[0] == stage]
        checked = {step_of.get(upstream) for upstream in reads[table] if upstream in apart}
        fitting = (name for name in reversed(mine) if name not in checked and _runs(reads, {**step_of, table: name}))
        name = next(fitting, f"{stage}_{len(mine) + 1}" if mine else stage)
        step_of[table] = name
        steps.setdefault(name, []).append(table)
    return steps


def _runs(reads: Mapping[str, Set[str]], step_of: Mapping[str, str]) -> bool:
    """Whether there is an order of steps in which each comes after those it stands behind."""
    graph: dict[str, set[str]] = {}
    for table, upstream in reads.items():
        step = step_of.get(table, table)
        graph.setdefault(step, set()).update(step_of.get(name, name) for name in upstream)
        graph[step].discard(step)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return False
    return True
