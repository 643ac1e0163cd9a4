"""The invented campaign: people, the traps they set for a matcher, their records in every source, and the truth.

The public face. What is drawn: `names`, `places`, `chance`, `variants`. Who there is: `population`, the `…_cases`,
`season`, `crowd`. What sources show: `givebutter`, `jotform`. The whole: `invention`; files: `writing`; a million
contacts for measuring: `scale`. No pipeline code reads the truth.
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
