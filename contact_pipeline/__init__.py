"""contact_pipeline: one list of people out of every place a campaign keeps them."""

HOME_VARIABLE = "CONTACT_PIPELINE_HOME"
"""Names the data folder. It is here because `config` takes longer to import than many a command to run."""
