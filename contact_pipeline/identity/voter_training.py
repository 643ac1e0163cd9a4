"""Learning the numbers of the voter model from contacts whose voter is known.

Counting how often each level occurs among true links, people of one home and strangers belongs here. Known are the
links of an invented state (`make_packaged_model`, which writes `voter_model.json`), later those that humans verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.model import COMPARISONS, HYPOTHESES, Comparison
from contact_pipeline.identity.parameters import Model, Shares, default_model, model_from_json
from contact_pipeline.identity.scoring import LEVEL_PREFIX, level_number, score_pairs
from contact_pipeline.identity.voter_scoring import lay_out_both

if TYPE_CHECKING:
    import duckdb

_INVISIBLE_PAIRS: Final = {"same": 2000.0, "stranger": 20_000.0, "housemate": 300.0}
"""Pairs per comparison that follow the linking model's numbers: what is scarce leans on them, and no invented state is
as untidy as a real one."""

_LEAST: Final = 2e-5
"""No level of a true link is rarer than this: one never seen proves nothing impossible."""

_STRANGERS: Final = 400_000


def learn_voter_model(bench: duckdb.DuckDBPyConnection, evidence: str, truth: str, *, seed: int = 1) -> Model:
    """Count levels among pairs of known kind.

    Args:
        bench: `voter_evidence` is attached.
        evidence: bench table of the contacts.
        truth: bench table (record_id, state, voter_id) of the true links.
        seed: chooses the strangers.

    Returns:
        The model, rounded as it is saved; its prior is `voter_scoring.with_prior`'s.
    """
    bench.execute(_KNOWN.format(truth=truth, seed=seed, strangers=_STRANGERS))
    lay_out_both(bench, evidence, "known_pair")
    bench.execute(
        """
        create or replace table known_candidate as
        select 0 as match_key, c.record_number as join_key_l, v.record_number as join_key_r
        from (select distinct record_id, voter_row from known_pair)
        join contact_number c using (record_id) join voter_number v using (voter_row)
        """
    )
    score_pairs(bench, default_model(), "known_candidate", "known_scored", records=2)
    levels = {comparison.name: _shares(bench, comparison) for comparison in COMPARISONS}
    return model_from_json(Model(levels=levels).as_json())


def _shares(bench: duckdb.DuckDBPyConnection, comparison: Comparison) -> dict[str, Shares]:
    counted: dict[tuple[str, int], int] = {
        (kind, number): pairs
        for kind, number, pairs in bench.sql(
            f"""
            select kind, {LEVEL_PREFIX}{comparison.name}, count(*)
            from known_scored s
            join contact_number c on c.record_number = s.record_number_l
            join voter_number v on v.record_number = s.record_number_r
            join known_pair k on k.record_id = c.record_id and k.voter_row = v.voter_row
            where {LEVEL_PREFIX}{comparison.name} >= 0 group by all
            """
        ).fetchall()
    }
    shares: dict[str, Shares] = {level.name: {} for level in comparison.levels}
    for hypothesis in HYPOTHESES:
        packaged = sum(float(getattr(level, hypothesis)) for level in comparison.levels)
        held = [
            counted.get((hypothesis, level_number(comparison, place)), 0)
            + _INVISIBLE_PAIRS[hypothesis] * float(getattr(level, hypothesis)) / packaged
            for place, level in enumerate(comparison.levels)
        ]
        if hypothesis == "stranger" and not comparison.learn_stranger:
            held = [float(level.stranger) for level in comparison.levels]
        for level, pairs in zip(comparison.levels, held, strict=True):
            least = _LEAST if hypothesis == "same" else 0.0
            shares[level.name][hypothesis] = min(1.0, max(pairs / sum(held), least))
    return shares


_KNOWN: Final = """
create or replace table known_pair as
with located as (
    select record_id, v.rowid as voter_row, v.state, v.voter_id, street_number, street_name, zip5, unit
    from {truth} join voter_evidence.voter v using (state, voter_id)
),
housemate as (
    select l.record_id, v.rowid as voter_row
    from located l join voter_evidence.voter v using (street_number, street_name, zip5)
    where v.voter_id <> l.voter_id and v.unit is not distinct from l.unit
),
drawn as (
    select l.record_id, hash(l.record_id, i, {seed}) % (select count(*) from voter_evidence.voter) as voter_row
    from located l, range(greatest(1, {strangers} // (select count(*) from located))) t(i)
)
select record_id, voter_row, 'same' as kind, 'known' as rule from located
union all select record_id, voter_row, 'housemate', 'known' from housemate
union all
select record_id, voter_row, 'stranger', 'known'
from (select distinct record_id, voter_row::bigint as voter_row from drawn)
anti join (select record_id, voter_row from located union all select record_id, voter_row from housemate)
using (record_id, voter_row)
"""
