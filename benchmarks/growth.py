"""How the time of each stage grows with the length of one article, for awkward shapes of text.

usage: python benchmarks/growth.py [--reader model] [--size 40000] [--shape NAME]

Every stage reads texts of n, 2n and 4n characters of each shape. Linear work doubles with the text; a stage whose time
grows by more than a factor of three from 2n to 4n, and is no trifle, is listed at the end, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from itertools import cycle, islice

import pandas as pd

import newslab as nl
from newslab.actors import resolve
from newslab.boilerplate import boilerplate_spans
from newslab.duplicates import find_copies
from newslab.groups import affiliations
from newslab.quotation import find_quotations
from newslab.quotes import complete, quotes_of
from newslab.reading import Reading, in_order
from newslab.rules.attribution import find_attributions
from newslab.rules.letters import find_letters
from newslab.rules.mentions import find_mentions
from newslab.rules.stances import find_acts, find_opinions
from newslab.stance import Case, stances_of
from newslab.text import Text

_TRIFLE = 0.25  # seconds below which growth is not judged: too short to be told from chance
_STEEP = 3.0


def _names() -> str:
    firsts = "Ona Tam Bo Ilse Josune Mara Edda Rolf Senna Yves".split()
    return " ".join(f"{f} {chr(65 + k % 26)}{chr(97 + k % 7)}ll{chr(97 + k % 25)}." for k, f in
                    enumerate(islice(cycle(firsts), 400)))  # fmt: skip


SHAPES = {
    "prose": "Mayor Ona Vell accused the Harbour Board of hiding its losses. “The board has lied to this town,” Vell "
    "said. “And nobody is held to account.” Tam Orr told the council that she was wrong. He praised the board.\n\n",
    "one line of prose": "Mayor Ona Vell accused the Harbour Board of hiding its losses. “The board has lied to this "
    "town,” Vell said. “And nobody is held to account.” Tam Orr told the council that she was wrong. ",
    "no full stop": "Ona Vell said that Tam Orr attacked the Harbour Board and she praised him ",
    "names": _names() + " ",
    "one name": "Ona Vell and ",
    "pronouns": "he said she told him that they had accused her ",
    "lines": "Ona Vell said.\n",
    "short lines": "a\n",
    "blank lines": "\n",
    "spaces": " ",
    "tabs": "\t\n",
    "letters": "a",
    "capitals": "A",
    "capital words": "Aa ",
    "hyphens": "a-",
    "dots": ".",
    "initials": "A.",
    "commas": ",a",
    "numbers": "1,",
    "apostrophes": "a'",
    "curly apostrophes": "a’ ",
    "s apostrophes": "s’ ",
    "single opening": " ‘a",
    "straight single": " 'a",
    "opening": "“a ",
    "opening after stops": ".“a ",
    "closing": "a” ",
    "straight": '"',
    "straight words": ' "a" ',
    "nested": "“‘",
    "pairs": "“a” ",
    "said pairs": "“We won it,” said Ona Vell. ",
    "unclosed paragraphs": "“We went on and on and nobody knew\n",
    "angled": "« a » ",
    "said": "said ",
    "by": "was attacked by ",
    "of": "criticism of ",
    "roles": "the minister ",
    "owners": "Vell’s ",
    "commas and names": "Ona Vell, ",
    "including": "members including Ona Vell, Bo Lind and ",
    "letters page": "Letters\nI think that the town should be ashamed of it all.\nOna Vell\n",
    "read more": "READ MORE: the harbour\n",
    "right to left": "\u202eאבג ",
    "zero width": "a\u200b\u200d",
    "combining": "e\u0301",
    "emoji": "👩‍👩‍👧 ",
    "handles": "@a ",
    "addresses": "https://a.b/",
    "dashes": "—",
    "ministry": "Ministry of Works and ",
    "semicolons": "; a",
}  # fmt: skip


def stages(text: str, reader: nl.Reader) -> dict[str, float]:
    """Seconds of each stage."""
    spent: dict[str, float] = {}

    def timed(name: str, make: Callable[[], object]):
        begin = time.process_time()
        result = make()
        spent[name] = time.process_time() - begin
        return result

    timed("boilerplate", lambda: boilerplate_spans(text))
    parsed: Text = timed("paragraphs", lambda: Text(text))
    timed("sentences", lambda: parsed.sentences)
    timed("tokens", lambda: parsed.tokens)
    timed("tokenize", lambda: nl.tokenize(text))
    quotations = timed("quotations", lambda: find_quotations(parsed))
    if reader.name == "rules":
        reading = Reading(parsed, quotations)
        reading.mentions = timed("mentions", lambda: find_mentions(parsed))
        found = timed("attributions", lambda: find_attributions(parsed, quotations, reading.mentions))
        found = [*found, *timed("letters", lambda: find_letters(parsed))]
        reading.attributions = in_order(found)
        reading.opinions = timed("opinions", lambda: find_opinions(parsed, reading.mentions, reading.attributions))
        reading.acts, reading.denied = timed("acts", lambda: find_acts(parsed, reading.mentions))
    else:
        reading = timed("model", lambda: reader.read(parsed))
    timed("complete", lambda: complete(reading))
    resolution = timed("actors", lambda: resolve(reading))
    quotes = timed("quotes", lambda: quotes_of(reading, resolution))
    stances = timed("stance", lambda: stances_of(reading, resolution, quotes))
    timed("weighing", lambda: reader.weigh(Case(stances, reading, resolution, quotes)))
    timed("groups", lambda: affiliations(reading, resolution))
    one = pd.DataFrame({"article_id": ["a"], "text": [text], "published": pd.to_datetime([None])})
    timed("copies", lambda: find_copies(one))
    frame = pd.DataFrame({"text": [text]})
    timed("analyze", lambda: nl.analyze(frame, reader=reader, progress=False) if text.strip() else None)
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", default="rules")
    parser.add_argument("--size", type=int, default=40_000, help="characters of the shortest text")
    parser.add_argument("--shape", choices=SHAPES, action="append", help="only this; may be given several times")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    reader = nl.Reader(options.reader)
    stages(SHAPES["prose"] * 3, reader)  # loads the word lists
    steep = []
    for shape in options.shape or SHAPES:
        sizes = [options.size, 2 * options.size, 4 * options.size]
        rows = [stages((SHAPES[shape] * (n // len(SHAPES[shape]) + 1))[:n], reader) for n in sizes]
        whole = [row["analyze"] for row in rows]
        slow = max((s for s in rows[0] if s != "analyze"), key=lambda s: rows[2][s])
        shown = "  ".join(f"{s:8.3f}" for s in whole)
        print(f"{shape:22} {shown} s   x{whole[2] / max(whole[1], 1e-9):4.1f}   most: {slow} {rows[2][slow]:.2f} s",
              flush=True)  # fmt: skip
        for stage in rows[0]:
            first, second, third = (row[stage] for row in rows)
            if third > _TRIFLE and third > _STEEP * second:
                steep.append(f"{shape}: {stage} {first:.3f}, {second:.3f}, {third:.3f} s")
    print("\ngrows faster than the text:" if steep else "\nnothing grows faster than the text", *steep, sep="\n  ")
    return int(bool(steep))


if __name__ == "__main__":
    sys.exit(main())
