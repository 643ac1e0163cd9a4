"""The ledger: what cannot be recomputed.

PIDs and their events, issues, decisions, exports, saved models, suppression and the history of arrivals belong here, in
small transactions that many processes may share (DESIGN §3). Anything that follows from landing + ledger belongs to the
warehouse. One module per subject; each function takes the `Ledger` first and the time as an argument.
"""

from contact_pipeline.ledger.ledger import Ledger, LedgerError, NewerLedgerError, WrongWorkspaceError

__all__ = ["Ledger", "LedgerError", "NewerLedgerError", "WrongWorkspaceError"]
