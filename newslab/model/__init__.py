"""The model reader: a small trained encoder, read once per window, and light heads over it."""

from newslab.model.reader import ModelReader

__all__ = ["ModelReader"]
