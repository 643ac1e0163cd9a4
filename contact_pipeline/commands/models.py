"""Commands about linking models: list, train, compare, use."""

from __future__ import annotations

import getpass

import click

from contact_pipeline.commands.common import CommandError, print_json, progress_bar, say, table, with_home, with_json
from contact_pipeline.config import Settings
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.warehouse.publish import NothingPublishedError


@click.group()
def model() -> None:
    """The models that say who is who: train a new one, see what it would change, use it."""


def _ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())


@model.command("list")
@with_json
@with_home
def list_models(as_json: bool, settings: Settings) -> None:
    """Every model, and which one links."""
    from contact_pipeline.ledger.models import all_models, model_in_use

    ledger = _ledger(settings)
    try:
        models, used = all_models(ledger), model_in_use(ledger)
    finally:
        ledger.close()
    in_use = used.version if used else None
    if as_json:
        told = [
            {
                "version": one.version,
                "in_use": one.version == in_use,
                "created_at": one.created_at,
                "trained_on": one.trained_on,
                "metrics": one.metrics,
            }
            for one in models
        ]
        print_json({"models": told})
        return
    if not models:
        click.echo("There is no model yet; the first run trains one.")
        return
    rows = [
        (one.version, f"{one.created_at:%Y-%m-%d %H:%M}", "in use" if one.version == in_use else "", one.trained_on)
        for one in models
    ]
    click.echo(table(["model", "trained", "", "from"], rows))


@model.command("train")
@with_json
@with_home
def train_model(as_json: bool, settings: Settings) -> None:
    """Train a model on the published people and on what humans judged; it is saved, not used."""
    from contact_pipeline.automation.running import run_job
    from contact_pipeline.identity.retraining import summary_of
    from contact_pipeline.ledger.models import latest_model, model_in_use

    outcome = run_job("train", settings, quiet=False, progress=progress_bar("Training"))
    if not outcome.success:
        raise CommandError(outcome.errors[0][1].splitlines()[0] if outcome.errors else "Training failed.")
    ledger = _ledger(settings)
    try:
        newest, used = latest_model(ledger), model_in_use(ledger)
    finally:
        ledger.close()
    assert newest is not None, "a training that succeeded has saved a model"
    in_use = used is not None and used.version == newest.version
    if as_json:
        print_json({"version": newest.version, "in_use": in_use, **newest.metrics})
        return
    click.echo(summary_of(newest.version, newest.metrics, in_use=in_use))
    if not in_use:
        click.echo(f"See examples: contact-pipeline model compare {newest.version}")
        click.echo(f"Let it link:  contact-pipeline model use {newest.version} --reason ...")


@model.command("compare")
@click.argument("version", type=int)
@with_json
@with_home
def compare_model(version: int, as_json: bool, settings: Settings) -> None:
    """What using a model would change today, with examples."""
    from contact_pipeline.identity.retraining import summary_of, try_version
    from contact_pipeline.people.explaining import names_of

    ledger = _ledger(settings)
    try:
        trial = try_version(ledger, settings, version)
    except (LookupError, NothingPublishedError) as error:
        raise CommandError(str(error)) from error
    finally:
        ledger.close()
    if as_json:
        print_json({"version": version, **trial.as_json()})
        return
    click.echo(summary_of(version, trial.as_json(), in_use=False))
    examples = trial.difference.examples
    names = names_of(settings, [record for one in examples for group in one.before for record in group])
    for example in examples:
        before, after = (
            " | ".join(", ".join(f"{names.get(record, 'no name')} ({record})" for record in group) for group in side)
            for side in (example.before, example.after)
        )
        click.echo(f"  now:  {before}\n  then: {after}")
    if examples:
        click.echo("Why two of them would be one: contact-pipeline explain A B (as the model in use sees it)")
        click.echo(f"Let it link:  contact-pipeline model use {version} --reason ...")


@model.command("charts")
@click.argument("version", type=int, required=False)
@click.option("--open", "show", is_flag=True, help="Open them in the browser.")
@with_json
@with_home
def charts(version: int | None, show: bool, as_json: bool, settings: Settings) -> None:
    """Where the charts of a model's numbers are (default: of the model in use); browsers follow no link to a file."""
    from contact_pipeline.ledger.models import model_in_use

    ledger = _ledger(settings)
    try:
        used = model_in_use(ledger)
    finally:
        ledger.close()
    wanted = version if version is not None else used.version if used is not None else None
    found = sorted((settings.charts / f"model-{wanted}").resolve().glob("*.html"))
    if not found:
        raise CommandError(f"There are no charts of model {wanted}. See: contact-pipeline model list")
    if as_json:
        print_json({"version": wanted, "charts": [str(chart) for chart in found]})
    for chart in found:
        if not as_json:
            click.echo(chart.as_uri())
        if show:
            click.launch(str(chart))


@model.command("use")
@click.argument("version", type=int)
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--actor", help="Who decides (default: the user of this machine).")
@with_json
@with_home
def use(version: int, reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
    """Let a model link from the next run on; an older version takes a change back."""
    from contact_pipeline.ledger.models import use_model

    ledger = _ledger(settings)
    try:
        changed = use_model(ledger, version, now=settings.clock(), actor=actor or getpass.getuser(), reason=reason)
    except LookupError as error:
        raise CommandError(str(error)) from error
    finally:
        ledger.close()
    if as_json:
        print_json({"version": version, "changed": changed})
    elif changed:
        click.echo(f"Model {version} links from the next run on: contact-pipeline run")
    else:
        say(f"Model {version} is in use already.")
