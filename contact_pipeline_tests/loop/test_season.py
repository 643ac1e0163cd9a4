"""A season in small, played once for all: the walk-throughs of the mentor document, and nothing went wrong."""

from __future__ import annotations

import pytest

from contact_pipeline.sandbox.season.season import Season, play_season


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    return play_season(tmp_path_factory.mktemp("season") / "home", mentors=14, weeks=2, seed=2)


def test_every_week_people_did_something_and_a_file_went_through(season: Season) -> None:
    assert len(season.weeks) == 2
    assert all(week.happened["sign-ups"] >= 6 for week in season.weeks)
    assert all(sum(week.file.values()) >= 6 for week in season.weeks)
    assert sum(week.file.get("created", 0) for week in season.weeks) > 0


def test_no_contact_was_made_of_somebody_givebutter_had(season: Season) -> None:
    assert season.verdict.duplicates == []


def test_nobody_who_left_was_messaged_or_subscribed_again(season: Season) -> None:
    assert season.verdict.messaged == []


def test_no_message_told_a_wrong_amount(season: Season) -> None:
    assert season.verdict.amounts == []


def test_every_mentor_stands_where_they_really_stand(season: Season) -> None:
    assert season.verdict.statuses == []
    assert sum(season.weeks[-1].mentors.values()) == 14


def test_no_edit_of_an_administrator_was_taken_back(season: Season) -> None:
    assert season.verdict.edits == []


def test_every_row_of_every_file_was_proved(season: Season) -> None:
    assert set(season.outcomes) <= {"created", "updated", "unchanged"}
    assert season.outcomes["created"] == sum(week.file.get("created", 0) for week in season.weeks)
