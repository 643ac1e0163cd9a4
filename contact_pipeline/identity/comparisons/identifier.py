"""Identifiers: phone, e-mail, and ids given by a platform or a state.

Which of them are shared or nobody's is counted in `features`; here it only has a level of its own.
"""

from __future__ import annotations

from contact_pipeline.identity.comparisons.level import Comparison, Level

_LETTERS_OF_AN_ID = 3
"""What stands beside a name and is no longer than this is an initial or was drawn to be unique: mlopez, marialopezk."""

_NAMED_AFTER_ITS_OWNER = " and ".join(
    f"length(replace(replace(email_letters_{side}, translate(coalesce(first_name_{side}, ''), ' -', ''), ''), "
    f"translate(coalesce(last_name_{side}, ''), ' -', ''), '')) <= {_LETTERS_OF_AN_ID}"
    for side in "lr"
)


PHONE = Comparison(
    "phone",
    "phone",
    "len(phones_l) = 0 or len(phones_r) = 0",
    (
        Level("same", "a phone in common", "list_has_any(own_phones_l, own_phones_r)", 0.75, 0.000002, 0.42),
        Level(
            "shared",
            "a phone in common that several people use",
            "list_has_any(phones_l, phones_r)",
            0.05,
            0.000005,
            0.16,
        ),
        Level("different", "different phones", "else", 0.2, 0.999993, 0.42),
    ),
    learn_stranger=False,
)

EMAIL = Comparison(
    "email",
    "e-mail",
    "len(emails_l) = 0 or len(emails_r) = 0",
    (
        Level("same", "an e-mail in common", "list_has_any(own_emails_l, own_emails_r)", 0.7, 0.000001, 0.15),
        Level(
            "shared",
            "an e-mail in common that several people use",
            "list_has_any(emails_l, emails_r)",
            0.02,
            0.000003,
            0.05,
        ),
        Level(
            "slip",
            "e-mails one slip of the pen apart",
            # Letters only: jdoe1@ and jdoe2@, j.doe@ and jdoe@ are how two people of one name tell themselves apart.
            # Domain, length and first letters come first: counting edits takes long, and most pairs differ there.
            "email_domain_l = email_domain_r and email_letters_l <> email_letters_r"
            " and abs(length(email_letters_l) - length(email_letters_r)) <= 1"
            " and left(email_letters_l, 2) = left(email_letters_r, 2)"
            " and damerau_levenshtein(email_letters_l, email_letters_r) <= 1"
            # Sara Weber's saraweber@ and Sarah Weber's sarahweber@ say nothing the names have not said; two namesakes'
            # marialopezk@ and marialopezm@ say that they are two.
            f" and not ({_NAMED_AFTER_ITS_OWNER})",
            0.02,
            0.000005,
            0.0005,
        ),
        Level(
            "same_name_part",
            "e-mails that differ only after the @, and not just a name before it",
            "list_has_any(email_names_l, email_names_r)",
            0.03,
            0.00001,
            0.003,
        ),
        Level(
            "same_domain",
            "e-mails of one domain that few people use",
            # A provider's domain says nothing, and a company's only what the company has not said.
            "list_has_any(email_domains_l, email_domains_r) and coalesce(company_l <> company_r, true)",
            0.01,
            0.0002,
            0.03,
        ),
        Level("different", "different e-mails", "else", 0.22, 0.99978, 0.7665),
    ),
    learn_stranger=False,
)

EXTERNAL_ID = Comparison(
    "external_id",
    "external id",
    # Ids of two seasons or two platforms differ by nature: only one in common says something.
    "not list_has_any(external_ids_l, external_ids_r)",
    (
        Level(
            "same",
            "an external id in common",
            "list_has_any(own_external_ids_l, own_external_ids_r)",
            0.95,
            0.0000001,
            0.001,
        ),
        Level(
            "shared",
            "an external id in common that several people use",
            "list_has_any(external_ids_l, external_ids_r)",
            0.02,
            0.00001,
            0.03,
        ),
        Level("different", "different external ids", "else", 0.03, 0.9999899, 0.969),
    ),
    learn_stranger=False,
)

COMPANY = Comparison(
    "company",
    "company",
    "company_l is null or company_r is null",
    (
        Level("same", "the same company", "company_l = company_r", 0.55, 0.002, 0.15, "company"),
        Level(
            "alike",
            "companies that look alike",
            "jaro_winkler_similarity(company_l, company_r) >= 0.92"
            " or starts_with(company_l, company_r || ' ') or starts_with(company_r, company_l || ' ')",
            0.05,
            0.002,
            0.01,
        ),
        Level("different", "different companies", "else", 0.4, 0.996, 0.84),
    ),
)
