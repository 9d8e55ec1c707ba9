"""Numbers as people are told them: with their noun, and of expected articles the same everywhere."""

_IRREGULAR = {"copy": "copies", "file or row": "files or rows", "person": "people"}


def how_many(n: int, noun: str) -> str:
    """A number with its noun in the right form: "1 article", "1,200 articles"."""
    return f"{n:,} {noun if n == 1 else _IRREGULAR.get(noun, f'{noun}s')}"


def number(value: float) -> str:
    """One decimal below ten, none above; a real minus sign; what is not zero does not look like zero."""
    if abs(value) < 1e-9:
        return "0"
    if abs(value) < 0.05:
        return "<0.1" if value > 0 else ">−0.1"
    return (f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}").replace("-", "−")


def span(low: float, high: float) -> str:
    """An interval in few characters; up to ten its ends are told as numbers are: not "0–0" but "0–<0.1"."""
    ends = [f"{x:,.0f}".replace("-", "−") if high >= 9.95 else number(x).removesuffix(".0") for x in (low, high)]
    return "–".join(ends)
