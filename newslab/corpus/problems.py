"""What could not be read: collected by name and reason, told once at the end."""

from newslab.corpus.columns import whole_characters


class Unreadable(Exception):
    """A file or a row cannot be read; the message is the reason."""


def out_of_memory(what: str) -> MemoryError:
    """That memory ran out, which is the machine's fault: kept as the article's, it would never be read again."""
    return MemoryError(
        f"memory ran out while {what} was read: make room (close other programs, or pass a smaller workers=) and run "
        "the same again; with out=, what was read is kept"
    )


class Problems(list[dict[str, str]]):
    """Rows of the problems table, and how many of them cost an article."""

    lost = 0

    def __init__(self) -> None:
        super().__init__()
        # Names of documents of kinds that are not read but may well hold articles, by their paths
        self.documents: dict[str, str] = {}

    def note(self, name: str, reason: str) -> None:
        """Add a fault in something that was read all the same."""
        # A file's name, too, can have bytes that are no characters.
        self.append({"article_id": whole_characters(name), "stage": "corpus", "reason": whole_characters(reason)})

    def unread(self, name: str, reason: object) -> None:
        """Add a file or row that could not be read."""
        self.note(name, str(reason))
        self.lost += 1

    def summary(self, n_read: int) -> str:
        """How many articles could not be read, and how many other faults there are."""
        faults = len(self) - self.lost
        told = [f"{self.lost:,} of {self.lost + n_read:,} articles could not be read"] if self.lost else []
        told += [f"{faults:,} other {'fault' if faults == 1 else 'faults'}"] if faults else []
        return "; ".join(told)

    def failure(self) -> str:
        """Why not one article could be read."""
        told = [f"{p['article_id']}: {p['reason']}" for p in self[:3]] or ["no rows, metadata or hand codings only"]
        more = f"; and {len(self) - 3} more" if len(self) > 3 else ""
        return f"nothing could be read: {'; '.join(told)}{more}"
