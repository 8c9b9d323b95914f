"""The ledger of an operation: what was reported, what was forecast, what came of it, and who did what."""

from caravana.operation.ledger.ledger import OperationLedger, open_ledger

__all__ = ["OperationLedger", "open_ledger"]
