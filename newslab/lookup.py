"""Whom a user means by a name: one lookup for evidence, charts, coding and corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from newslab.naming import by_generation

COLUMNS = ["actor_id", "name", "aliases", "n_articles"]
_TOLD = 5  # candidates that an error names


class Names:
    """Actors by name or id, else by alias, else by one of these in other letters ("ona vell").

    A name that one actor has in a single article, and another as an alias in more, may mean both.

    Parameters
    ----------
    actors : DataFrame
        The columns :data:`COLUMNS` of the actors of an analysis.
    """

    def __init__(self, actors: pd.DataFrame) -> None:
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._about: dict[str, tuple[str, int]] = {}  # id → name and number of articles
        by_alias: dict[str, list[str]] = defaultdict(list)
        for ident, name, aliases, n in actors[COLUMNS].itertuples(index=False):
            self._about[ident] = name, n
            for called in {name, ident}:
                self._ids[called].append(ident)
            for alias in dict.fromkeys(aliases):
                by_alias[alias].append(ident)
        for alias, idents in by_alias.items():
            self._ids[alias] += self._also_meant(self._ids[alias], idents)

    def _also_meant(self, named: Sequence[str], aliased: Sequence[str]) -> list[str]:
        """Of those with a name as an alias, whom it may mean beside those with it as their own.

        What a single article calls so ("the Vell of old") does not hide those of more articles (Ona Vell).
        """
        if not named:
            return list(aliased)
        hidden = all(self._about[i][1] <= 1 for i in named)
        return [i for i in aliased if hidden and i not in named and self._about[i][1] > 1]

    def all(self, name: str) -> list[str]:
        """Ids of all who are called so; in other letters, of the only one who is."""
        if name in self._ids:
            return self._ids[name]
        folded = name.casefold()
        found = {i for called, idents in self._ids.items() if called.casefold() == folded for i in idents}
        return list(found) if len(found) == 1 else []

    def one(self, name: str) -> str:
        """Id of the only actor who is called so.

        Raises
        ------
        TypeError
            If this is no name.
        ValueError
            If nobody is called so (the message names the nearest), or several are (it names them).
        """
        if not isinstance(name, str):
            raise TypeError(f"an actor is {name!r}; give a name, an alias or an id, as in analysis.actors")
        idents = self.candidates(name)
        if not idents:
            near = self._near(name)
            hint = f"; near are {', '.join(map(repr, near))}" if near else ""
            raise ValueError(f"no actor {name!r} in this corpus{hint}; see analysis.actors")
        if len(idents) > 1:
            raise ValueError(self.shared(name, idents))
        return idents[0]

    def candidates(self, name: str) -> list[str]:
        """Ids of those who may be meant: an id is that of one actor, also where others have it as a name."""
        return [name] if name in self._about else self.all(name)

    def shared(self, name: str, idents: Sequence[str]) -> str:
        """What to tell of a name that several actors have."""
        order = sorted(idents, key=lambda i: (-self._about[i][1], i))
        told = [f"{called} ({i}, {n:,} article{'' if n == 1 else 's'})"
                for i, (called, n) in ((i, self._about[i]) for i in order[:_TOLD])]  # fmt: skip
        more = [f"{len(order) - _TOLD:,} more"] if len(order) > _TOLD else []
        return (
            f"{len(order):,} actors are called {name!r}: {', '.join([*told, *more])}; ask for one by its id, such as "
            f"{order[0]!r}"
        )

    def add(self, ident: str, name: str) -> None:
        """Call an actor, who may be new, by this name."""
        self._ids[name] = [ident]
        self._about[ident] = name, self._about.get(ident, ("", 0))[1]

    def join(self, gone: str, ident: str) -> None:
        """Let all that one actor was called, its id too, mean another."""
        del self._about[gone]
        for called, idents in self._ids.items():
            self._ids[called] = list(dict.fromkeys(ident if i == gone else i for i in idents))

    def _near(self, name: str) -> list[str]:
        """Up to three names that are close; of somebody with a name, where there is anybody with one."""
        named = {i for i, (known, _) in self._about.items() if any(word[:1].isupper() for word in known.split())}
        called: dict[str, list[str]] = defaultdict(list)  # names by all that one is called, and the last word of it
        for known, idents in self._ids.items():
            for i in idents:
                if i in named or not named:
                    for words in (known.casefold(), *by_generation(known.casefold())[0].split()[-1:]):
                        called[words].append(self._about[i][0])
        close = get_close_matches(name.casefold(), list(called), n=9, cutoff=0.7)
        return list(dict.fromkeys(known for words in close for known in called[words]))[:3]
