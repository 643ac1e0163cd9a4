"""Keys go into a file, whatever keyring the machine that runs the tests has."""

from contact_pipeline_tests.credentials.conftest import no_system_keyring

__all__ = ["no_system_keyring"]
