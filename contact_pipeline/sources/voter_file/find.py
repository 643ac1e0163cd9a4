"""Looking voters up, and what is loaded. Only reading; matching people to voters belongs to `identity`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

SHOWN = (
    "voter_state", "voter_id", "protected", "last_name", "first_name", "middle_name", "name_suffix", "date_of_birth",
    "address", "address_line_2", "city", "zip", "cell_phone", "landline_phone", "email", "registered_party",
    "voter_status",
)  # fmt: skip


def find_voters(
    connection: duckdb.DuckDBPyConnection, query: str, *, state: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Voters by id or by name.

    Args:
        connection: One from `store.open_voters`.
        query: An id, `last, first`, `first last`, or a last name; the first name may be its beginning. Upper and lower
            case and accents do not matter.
        state: Only this state's.
        limit: How many at the most.

    Returns:
        The columns `SHOWN`, by name.
    """
    if any(letter.isdigit() for letter in query):
        where, values = "voter_id = $id", {"id": query.strip()}
    else:
        last, first = _last_and_first(query.replace(",", " , ").split())
        where = f"{_plain('last_name')} = {_plain('$last')} and starts_with({_plain('first_name')}, {_plain('$first')})"
        values = {"last": last, "first": first}
    return _rows(
        connection,
        f"select {', '.join(SHOWN)} from voter where {where} and ($state is null or voter_state = $state) "
        f"order by last_name, first_name, voter_state, voter_id limit {int(limit)}",
        values | {"state": state},
    )


def _plain(text: str) -> str:
    return f"strip_accents(upper(coalesce({text}, '')))"


def _last_and_first(words: list[str]) -> tuple[str, str]:
    """`Quintero, Mari` and `Mari Quintero` mean the same; one word is a last name."""
    if "," in words:
        comma = words.index(",")
        return " ".join(words[:comma]), " ".join(words[comma + 1 :])
    return (words[-1], " ".join(words[:-1])) if words else ("", "")


def loads(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The newest load of each state, with `changes` since the one before by kind, and its files."""
    newest = _rows(
        connection,
        "select * from load qualify row_number() over (partition by voter_state order by loaded_at desc) = 1 "
        "order by voter_state",
    )
    for load in newest:
        of_load = "where load_id = $1 and voter_state = $2"
        given = [load["load_id"], load["voter_state"]]
        counts = connection.execute(f"select change, count(*) from change {of_load} group by 1 order by 1", given)
        load["changes"] = dict(counts.fetchall())
        names = connection.execute(f"select file_name from file {of_load} order by file_number", given)
        load["file_names"] = [row[0] for row in names.fetchall()]
    return newest


def changes(
    connection: duckdb.DuckDBPyConnection, *, state: str | None = None, kind: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """What the newest load of a state changed: `change`, `voter_id`, `former_voter_id`, `before`, `after`."""
    return _rows(
        connection,
        "select voter_state, change, voter_id, former_voter_id, before, after from change "
        "where ($state is null or voter_state = $state) and ($kind is null or change = $kind) "
        f"order by voter_state, change, voter_id limit {int(limit)}",
        {"state": state, "kind": kind},
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> list[dict[str, Any]]:
    result = connection.execute(query, parameters or {})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
