"""A function that somebody wrote, under the contract of an adapter. Importing this package imports no framework."""

from adapters.formula.adapter import Adapter
from adapters.formula.request import Formula, FormulaError

__all__ = ["Adapter", "Formula", "FormulaError"]
