"""From the data folder to aligned examples: ``python prepare.py DATA OUT`` writes one JSON-lines file per task.

Every span is [start, end) in characters of the ``text`` of its example. What cannot be aligned is left out and counted.
"""

import collections
import csv
import json
import re
import sys
from pathlib import Path

from codings import coded_set

PRONOUNS = set(
    "i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours "
    "ourselves they them their theirs themselves who whom whose which that this these those one someone anyone "
    "everyone somebody anybody everybody nobody".split()
)
TYPES = {"person": "person", "organization": "organisation", "place": "place"}


def read_brat(path, text, skipped):
    """Attributions of one .ann file: source, cue and content as lists of spans."""
    spans, found = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = line.split("\t")
        if len(row) >= 3 and row[0].startswith("T"):
            pieces = [tuple(map(int, s.split())) for s in row[1].split(" ", 1)[1].split(";")]
            if all(0 <= s < e <= len(text) for s, e in pieces):
                spans[row[0]] = pieces, row[2]
        elif row[0].startswith("E") and len(row) > 1:
            parts = collections.defaultdict(list)
            for role, t in (x.split(":") for x in row[1].split()):
                if t in spans:
                    parts[role.rstrip("0123456789").lower()] += spans[t][0]
                    joined = " ".join(text[s:e] for s, e in spans[t][0])
                    skipped["differs from .ann text"] += joined.split() != spans[t][1].split()
            if parts["cue"] and parts["content"]:
                found.append({r: sorted(parts[r]) for r in ("source", "cue", "content")})
            else:
                skipped["no cue or content"] += 1
    return found


def actor_mentions(text, actors):
    """Where the names and aliases of coded actors stand: (start, end, index of the actor), the longest match first."""
    names = [(n, i) for i, a in enumerate(actors) for n in {a["name"], *a["aliases"]} if len(n) > 1]
    taken, found = set(), []
    for name, i in sorted(names, key=lambda x: -len(x[0])):
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not taken.intersection(range(*m.span())):
                taken.update(range(*m.span()))
                found.append([*m.span(), i])
    return sorted(found)


def articles(data, part, skipped):
    coded = coded_set(data, {"train": "train", "dev": "us"}[part])
    coders = collections.defaultdict(list)
    for f in sorted((data / "polnear" / part / "attributions").glob("*.ann")):
        coders[f.stem.rsplit("_", 1)[0]].append(f)
    for path in sorted((data / "polnear" / part / "text").glob("*.txt")):
        text = path.open(encoding="utf-8", newline="").read()
        for k, ann in enumerate(coders[path.stem]):
            if k and part == "dev":
                break
            row = {"id": path.stem, "text": text, "attributions": read_brat(ann, text, skipped)}
            if path.stem in coded and not k:
                actors = coded[path.stem][0]["actors"]
                row |= {"actors": actors, "mentions": actor_mentions(text, actors)}
            yield row


def detach(word, text):
    """Whether GUM's token follows the text without a space (its texts are written with spaces between all tokens)."""
    return (
        not text
        or text[-1] in "([“‘$£/-–\n"
        or re.fullmatch(r"[.,;:!?)\]”%…/–-]+|'s|’s|'|’|n't|n’t|['’](re|ve|ll|d|m|S)", word) is not None
    )


def gum(data):
    splits = re.split(r"^## ", (data / "gum" / "splits.md").read_text(), flags=re.M)
    held = {name: part.split()[0] for part in splits[1:] for name in re.findall(r"GUM_\w+", part)}
    for path in sorted((data / "gum").glob("*.tsv")):
        text, entities, quote_open = "", {}, False
        same = {}  # an entity → one that refers to the same, by its key

        def root(key, same=same):
            while same.get(key, key) != key:
                key = same[key]
            return key

        names = collections.Counter()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#Text="):
                text += "\n" if text else ""
                continue
            row = line.split("\t")
            if len(row) < 7 or not row[0][:1].isdigit():
                continue
            word = row[2]
            if word in ('"', "''", "``"):
                glue, word = quote_open, '"'
                quote_open = not quote_open
            else:
                glue = detach(word, text) or (text[-1:] == '"' and quote_open)
            text += ("" if glue else " ") + word
            at = (len(text) - len(word), len(text))
            links = {m.group(1) for m in re.finditer(r"\[(\d+)\]", row[6])}
            for k, part in enumerate(row[3].split("|") if row[3] != "_" else []):
                m = re.fullmatch(r"(\w+?)(?:\[(\d+)\])?", part)
                key = m.group(2) or f"{row[0]}:{k}"
                entity = entities.setdefault(key, {"type": m.group(1), "words": [], "link": False})
                entity["words"].append((*at, word))
                entity["link"] |= key in links or (m.group(2) is None and row[6] != "_")
            for kind, link in zip(row[8].split("|"), row[9].split("|"), strict=False):
                m = re.fullmatch(r"([\d-]+)(?:\[(\d+)_(\d+)\])?", link)
                if m and kind in REFERENCE:
                    there = m.group(2) if m.group(2) not in (None, "0") else f"{m.group(1)}:0"
                    here = m.group(3) if m.group(3) not in (None, "0") else f"{row[0]}:0"
                    same[root(here)] = root(there)
            if word[0].isupper() and text[: at[0]][-1:] not in ("\n", ""):
                names[word] += 1
        mentions = []
        numbers = {}
        for key, e in entities.items():
            if e["type"] not in TYPES:
                continue
            words = [w for _, _, w in e["words"]]
            if len(words) > 1 and words[-1] in ("'s", "’s", "'", "’"):  # the possessive ending is not part of the name
                e["words"].pop()
                words.pop()
            start, end = e["words"][0][0], e["words"][-1][1]
            if len(words) == 1 and words[0].lower() in PRONOUNS:
                kind = "pronoun"
            else:
                stop = [i for i, w in enumerate(words) if i and (not w[0].isalnum() or w.lower() in HEAD_STOPS)]
                head = words[: stop[0]] if stop else words
                kind = "name" if head[-1][0].isupper() and (names[head[-1]] or e["link"]) else "nominal"
            mentions.append([start, end, TYPES[e["type"]], kind, numbers.setdefault(root(key), len(numbers))])
        yield {"id": path.stem, "split": held.get(path.stem, "train"), "text": text, "mentions": mentions}


REFERENCE = {"ana", "cata", "coref", "appos"}  # links of GUM between mentions of one and the same
HEAD_STOPS = set("of in from who that which at for with on to by and or , is was has".split())


def gap(data, part):
    """Pronouns and the two names that each may mean: the pronoun, then (start, end, whether it is meant)."""
    with (data / "gap" / f"gap-{part}.tsv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            at = int(r["Pronoun-offset"])
            names = [
                [int(r[f"{x}-offset"]), int(r[f"{x}-offset"]) + len(r[x]), r[f"{x}-coref"] == "TRUE"] for x in "AB"
            ]
            yield {"text": r["Text"], "pronoun": [at, at + len(r["Pronoun"])], "names": names}


def dse(data, part, skipped):
    for line in (data / "dse" / f"{part}.txt").read_text(encoding="utf-8").splitlines():
        sentence, first, second, label = line.split("\t")
        marked = [(m.start(), m.end()) for m in re.finditer(r"\[[^\[\]]+\]", sentence)]
        if len(marked) != 2 or [sentence[s + 1 : e - 1] for s, e in marked] != [first, second]:
            skipped["dse: marks"] += 1
            if len(marked) != 2:
                continue
        (a, b), (c, d) = marked
        text = sentence.replace("[", "").replace("]", "") if sentence.count("[") == 2 else None
        if text is None:
            skipped["dse: brackets"] += 1
            continue
        yield {"text": text, "p": [a, b - 2], "q": [c - 2, d - 4], "label": int(label)}


def newsmtsc(data):
    rows = [json.loads(x) for x in (data / "newsmtsc" / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = {}
    for r in rows:
        parts = r["primary_gid"].split("_")
        key = "_".join(parts[: 3 if parts[0] == "polusa" else 2])
        split = "dev" if ids.setdefault(key, len(ids)) % 10 == 9 else "train"
        text = r["sentence_normalized"]
        targets = [[t["from"], t["to"], {2: 1, 4: 0, 6: 2}[int(t["polarity"])]] for t in r["targets"]]
        yield {"id": key, "split": split, "text": text, "targets": targets}


def main(data, out):
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    skipped = collections.Counter()
    tasks = {
        "articles_train": articles(data, "train", skipped),
        "articles_dev": articles(data, "dev", skipped),
        "gum": gum(data),
        "dse_train": dse(data, "train", skipped),
        "dse_dev": dse(data, "valid", skipped),
        "newsmtsc": newsmtsc(data),
        "gap_train": gap(data, "development"),
        "gap_dev": gap(data, "validation"),
    }
    for name, rows in tasks.items():
        rows = list(rows)
        with (out / f"{name}.jsonl").open("w", encoding="utf-8") as f:
            f.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
        counts = collections.Counter()
        for r in rows:
            for key in ("attributions", "mentions", "pairs", "targets"):
                counts[key] += len(r.get(key, ()))
            for key in ("pairs", "targets"):
                for x in r.get(key, ()):
                    counts[f"{key[:-1]} {x[-1]}"] += 1
        print(name, len(rows), dict(counts))
    print("left out:", dict(skipped))


if __name__ == "__main__":
    main(*sys.argv[1:])
