"""A small invented analysis for the tests of charts, exports and the report."""

import pandas as pd

from newslab.analysis import Analysis
from newslab.tables import DTYPES

PEOPLE = {"vell": "Ona Vell", "orr": "Tam Orr", "lind": "Bo Lind", "board": "Harbour Board"}
DEED = "Ona Vell attacked Tam Orr over the harbour dues."
TEXTS = {
    "a1": f"The harbour was full.\n\nIt rained all day. {DEED} Nobody left.\n\nThe ferries ran.",
    "a2": f"{DEED} Tam Orr hit back at Vell.",
    "a3": "Bo Lind praised Tam Orr.",
    "a4": f"{DEED}",
    "a5": "The Harbour Board met.",
}
# article, source, target, polarity, probability
STANCES = [
    ("a1", "vell", "orr", "negative", 0.5),
    ("a1", "vell", "orr", "negative", 0.5),  # twice in one article: 0.75
    ("a2", "vell", "orr", "negative", 0.8),
    ("a2", "orr", "vell", "negative", 0.6),
    ("a3", "lind", "orr", "positive", 0.9),
    ("a4", "vell", "orr", "negative", 0.9),  # in a copy of a1: not counted
]


def frame(name, rows):
    """A table of the contract; columns that a row does not name are empty."""
    defaults = {"str": None, "int64": 0, "Int64": None, "float64": 0.0, "bool": False, "object": []}
    dtypes = DTYPES[name]
    return pd.DataFrame({c: pd.Series([row.get(c, defaults[t]) for row in rows], dtype=t) for c, t in dtypes.items()})


def invented(*, names=None, texts=None, stances=STANCES, urls=None, titles=None, problems=(), quotes=None):
    """An Analysis with these parts; by default four actors and five articles, one of them a copy, one undated."""
    names, texts = {**PEOPLE, **(names or {})}, {**TEXTS, **(texts or {})}
    n = len(texts)
    articles = pd.DataFrame(
        {
            "article_id": pd.Series(list(texts), dtype="str"),
            "title": pd.Series([(titles or {}).get(a, f"Title of {a}") for a in texts], dtype="str"),
            "text": pd.Series(list(texts.values()), dtype="str"),
            "published": pd.to_datetime(
                pd.Series((["2031-01-05", "2031-01-20", "2031-03-03", "2031-03-04", None] + [None] * n)[:n])
            ),
            "outlet": pd.Series((["Gull", "Gull", "Courier", "Courier", None] + ["Gull"] * n)[:n], dtype="str"),
            "author": pd.Series([None] * n, dtype="str"),
            "url": pd.Series([(urls or {}).get(a) for a in texts], dtype="str"),
            "n_tokens": pd.Series([10] * n, dtype="int64"),
            "duplicate_of": pd.Series([{"a4": "a1"}.get(a) for a in texts], dtype="str"),
        }
    )
    rows = []
    for k, (article, source, target, polarity, p) in enumerate(stances):
        start = max(texts[article].find(DEED), 0)
        end = start + len(DEED) if DEED in texts[article] else len(texts[article])
        rows.append(
            {
                "stance_id": f"s{k}", "article_id": article, "source": names[source], "source_id": source,
                "target": names[target], "target_id": target, "polarity": polarity, "probability": p,
                "via": "reported", "start": start, "end": end, "evidence": texts[article][start:end],
            }
        )  # fmt: skip
    actors = [
        {
            "actor_id": i,
            "name": name,
            "type": "person" if i != "board" else "organisation",
            "aliases": [name.split()[-1]],
        }
        for i, name in names.items()
    ]
    if quotes is None:
        quotes = [
            ("vell", 0.5),
            ("vell", 0.1),
            ("vell", -0.1),
            ("orr", -0.6),
            ("orr", -0.2),
            ("lind", 0.9),
            (None, 0.0),
        ]
    said = [
        {
            "quote_id": f"q{k}", "article_id": "a1", "text": "words", "speaker": names.get(who), "speaker_id": who,
            "kind": "direct", "polarity": p, "spans": [(0, 3)], "end": 3,
        }
        for k, (who, p) in enumerate(quotes)
    ]  # fmt: skip
    return Analysis(
        articles=articles,
        quotes=frame("quotes", said),
        mentions=frame("mentions", []),
        actors=frame("actors", actors),
        stances=frame("stances", rows),
        problems=frame("problems", list(problems)),
    )
