"""Every row of the word lists is walked."""

from __future__ import annotations

import tomllib

from contact_pipeline.sources.list_file.building import SINGLE
from contact_pipeline.sources.list_file.fields import KEEP, answer_key, answers, fields, reference, synonyms, words_of
from contact_pipeline.sources.list_file.headers import read_header
from contact_pipeline.sources.list_file.mapping import PLAIN_FIELDS, SYNONYMS


def test_every_plain_english_header_still_means_what_it_meant() -> None:
    for column, names in tomllib.loads(SYNONYMS.read_text(encoding="utf-8")).items():
        for name in names:
            assert read_header(name).strength(PLAIN_FIELDS[column]) >= 0.85, name


def test_every_field_has_names_in_six_languages_or_is_asked_for() -> None:
    asked = {name for name, field in fields().items() if field.only_asked}
    consent = {name for name in fields() if name.endswith(("_consent", "_opt_out")) or name == "do_not_contact"}
    for name in set(fields()) - asked - consent - {"linkedin"}:
        assert len(reference("headers")[name]) >= 6, name
    assert set(reference("headers")) <= {*fields(), KEEP}


def test_every_name_is_written_plainly_and_once_a_language() -> None:
    for field, languages in reference("headers").items():
        for language, names in languages.items():
            plain = [" ".join(words_of(name)) for name in names]
            assert all(plain), (field, language)
            assert [name for name in names if name != name.lower()] == []


def test_an_answer_is_a_yes_or_a_no_and_not_both() -> None:
    for meaning, other in (("yes", "no"), ("no", "yes")):
        words = {answer_key(word) for word in reference("answers")[meaning]}
        assert words.isdisjoint(answer_key(word) for word in reference("answers")[other])
        assert all(answers()[word] == meaning for word in words)
    out = {answer_key(word) for word in reference("answers")["not_out"]}
    said_out = ("unsubscribed", "unsub", "opted out", "cleaned", "desuscrito", "abgemeldet", "x", "yes", "true", "1")
    assert out.isdisjoint(said_out)


def test_every_field_reaches_a_column_all_sources_share() -> None:
    built_otherwise = {
        "first_name", "last_name", "full_name", "phone", "email", "address", "full_address", "tags", "do_not_contact",
    }  # fmt: skip
    consents = {name for name in fields() if name.endswith(("_consent", "_opt_out"))}
    assert set(fields()) == set(SINGLE.values()) | built_otherwise | consents


def test_every_name_is_recognised_however_it_is_written() -> None:
    for name, at in synonyms().items():
        for written in (name.upper(), f" {name.title()} ", name.replace(" ", "_"), f"{name} (2)"):
            assert set(at) <= set(read_header(written).fields), written
