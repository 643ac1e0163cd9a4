"""What became of the voter match, in counts. Only reading the published tables; deciding belongs to the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


def match_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Counts of links by tier and band.

    Args:
        connection: a published snapshot.

    Returns:
        people, linked, voter_file (null without one), links (match_type, band, people), in_doubt, contradicted_ids.
    """
    links = connection.execute(
        "select match_type, band, count(*) from people.person_voter_match group by all order by all"
    ).fetchall()
    people, voter_file, doubts, contradicted = connection.execute(
        """
        select (select count(*) from people.person), (select max(voter_file) from identity.voter_setting),
            count(*) filter (code = 'voter_in_doubt'), count(*) filter (code = 'voter_id_contradicts_name')
        from people.issue where closed_at is null
        """
    ).fetchall()[0]
    return {
        "people": people,
        "linked": sum(count for _, _, count in links),
        "voter_file": voter_file,
        "links": [{"match_type": tier, "band": band, "people": count} for tier, band, count in links],
        "in_doubt": doubts,
        "contradicted_ids": contradicted,
    }
