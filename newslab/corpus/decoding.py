"""From bytes to text: byte order marks, UTF-8, what a page states, and else the encoding is guessed."""

import codecs
import re

from newslab.corpus.problems import Unreadable

_BINARY = (b"%PDF-", b"{\\rtf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # others have control characters soon enough
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,20})", re.I)
_WESTERN = 0.15  # share of bytes above ASCII up to which a text is taken for English or another Western language


def decode(data: bytes, encoding: str | None = None, *, html: bool = False) -> str:
    """Decode a file; what is damaged in it becomes U+FFFD. Raises Unreadable for what is no text."""
    if not data.strip():
        raise Unreadable("empty")
    encoding = next((name for bom, name in BOMS if data.startswith(bom)), encoding)
    if encoding is not None:
        try:
            return data.decode(encoding)
        except UnicodeError as error:
            raise Unreadable(f"not in the encoding {encoding!r}: {getattr(error, 'reason', error)}") from None
    head = data[:100_000]
    refuse_binary(head)
    stated = _CHARSET.search(data[:4096]) if html else None
    for name in ("utf-8", stated[1].decode("ascii", "replace") if stated else "utf-8"):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            pass  # not UTF-8, or a page that misstates its encoding
    return _guess(data, head)


def refuse_binary(head: bytes) -> None:
    """Raise Unreadable if a file that begins like this is no text."""
    if head.startswith(_BINARY):
        raise Unreadable("binary: a PDF, zip or Office document, not text")
    if len(_CONTROL.findall(head)) > len(head) / 200:
        raise Unreadable("binary, not text (or text in UTF-16 without a byte order mark: pass encoding='utf-16-le')")


def _guess(data: bytes, head: bytes) -> str:
    mended = data.decode("utf-8", "replace")
    if mended.count("\ufffd") < sum(c > "\x7f" and c != "\ufffd" for c in mended):
        return mended  # other encodings rarely look like UTF-8: this is UTF-8 with a few damaged characters
    if sum(b > 127 for b in head) <= _WESTERN * len(head):
        # Statistical guessers need many such bytes; for a Western text with a few, this is the likelier answer.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise Unreadable("binary, or in an encoding that could not be guessed; pass encoding=...")
    return data.decode(best.encoding, "replace")
