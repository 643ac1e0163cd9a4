"""`sync push` and `sync probe`: changes that need no file, and what the account allows."""

from __future__ import annotations

from collections import Counter

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.deciding import who
from contact_pipeline.config import Settings


@click.command("push")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would be sent.")
@with_json
@with_home
def push(dry: bool, as_json: bool, settings: Settings) -> None:
    """Bring our tags of the season's mentors to Givebutter over its API: no file, no import."""
    from contact_pipeline.sources.errors import SourceError
    from contact_pipeline.sync.sending import NotProbedError, push_changes
    from contact_pipeline.warehouse.publish import NothingPublishedError

    try:
        pushed = push_changes(settings, dry=dry)
    except (SourceError, NotProbedError, NothingPublishedError) as error:
        raise CommandError(str(error)) from error
    told = {"wanted": len(pushed.wanted), "confirmed": pushed.confirmed, "failed": len(pushed.failed)}
    if as_json:
        print_json({**told, "changes": [change._asdict() for change in pushed.wanted]})
    elif dry:
        click.echo(f"{told['wanted']:,} changes would be sent.")
        click.echo(table(["contact", "person", "", "tag"], pushed.wanted))
    else:
        click.echo(f"{told['wanted']:,} changes: {told['confirmed']:,} confirmed, {told['failed']:,} failed.")
        for message, count in Counter(pushed.failed).most_common(10):
            click.echo(f"  {count:,} times: {message}")
    if pushed.failed:
        raise CommandError("Some changes failed, as told above; the next push tries again what is still wanted.")


@click.command("probe")
@click.option("--contact", "contact_id", help="Id of a Givebutter contact of your own: it is changed and put back.")
@with_json
@with_home
def probe(contact_id: str | None, as_json: bool, settings: Settings) -> None:
    """Try what the Givebutter account lets us do over its API, and remember it."""
    from contact_pipeline.sources.errors import SourceError
    from contact_pipeline.sync.sending import probe_account

    try:
        found = probe_account(settings, contact_id=contact_id, actor=who(None))
    except SourceError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json([one._asdict() for one in found])
        return
    words = {True: "yes", False: "no", None: "not known"}
    click.echo(table(["what", "able", "how we know"], [(one.name, words[one.able], one.detail) for one in found]))
