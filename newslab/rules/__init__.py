"""The transparent reader: quotation marks, reporting verbs, stance verbs, and word lists that a user can replace."""

from newslab.rules.reader import RuleReader

__all__ = ["RuleReader"]
