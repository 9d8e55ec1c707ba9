"""A number with its noun, for whatever is said to people."""

_IRREGULAR = {"copy": "copies", "file or row": "files or rows", "person": "people"}


def how_many(n: int, noun: str) -> str:
    """A number with its noun in the right form: "1 article", "1,200 articles"."""
    return f"{n:,} {noun if n == 1 else _IRREGULAR.get(noun, f'{noun}s')}"
