"""The invented campaign: people, the traps they set for a matcher, their records in every source, and the truth.

The public face; the parts are: `names`, `places`, `chance` (what is drawn), `population` (people and their records),
`donor_cases`, `mentor_cases`, `season`, `crowd` (who there is), `givebutter`, `jotform` (what sources show),
`invention` (the whole), `writing` (files), `scale` (a million contacts for measuring). No pipeline code reads the
truth.
"""

from contact_pipeline.sandbox.campaign.givebutter import CUSTOM_FIELDS, CustomField
from contact_pipeline.sandbox.campaign.invention import ALL_CASES, Campaign, Truth, invent, shuffled
from contact_pipeline.sandbox.campaign.jotform import SETUP_QUESTIONS, SIGNUP_QUESTIONS, Question
from contact_pipeline.sandbox.campaign.writing import write_givebutter_export, write_sandbox, written_campaign

__all__ = [
    "ALL_CASES",
    "CUSTOM_FIELDS",
    "SETUP_QUESTIONS",
    "SIGNUP_QUESTIONS",
    "Campaign",
    "CustomField",
    "Question",
    "Truth",
    "invent",
    "shuffled",
    "write_givebutter_export",
    "write_sandbox",
    "written_campaign",
]
