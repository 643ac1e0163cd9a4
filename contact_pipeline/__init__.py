"""contact_pipeline: one list of people out of every place a campaign keeps them."""
