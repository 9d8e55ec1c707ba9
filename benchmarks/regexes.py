"""Every regular expression of newslab on adversarial text: does its time grow faster than the text?

usage: python benchmarks/regexes.py [--size 8000] [--only TEXT]

Patterns are found in the source of the package, none is listed by hand: compiled ones at the top of a module (of re
and of regex), literals given to ``re.search`` and the like, and patterns that functions make (``FROM_FUNCTIONS`` says
with which arguments; one that is missing there is an error). From each pattern strings are made that it nearly
matches: a beginning that fits, a piece of the pattern pumped up to n, 2n, 4n, … characters, and an end that does not
fit. They are given to the methods with which the package uses the pattern. A pattern whose time grows by more than
three where the text doubles is listed, and the exit status is 1.

A pattern may be slower than linear by itself and harmless where it is used, since it only sees a bounded stretch of
text: the source says so with ``# bounded: <characters>`` on the line of the pattern, and it is then timed up to there.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from re import _parser as sre  # the grammar of patterns, from which near misses are made
from types import ModuleType

import regex

import newslab

_METHODS = ("match", "search", "fullmatch", "finditer", "findall", "sub", "split")
_TRIFLE = 0.004  # seconds below which growth is not judged
_STEEP = 3.0
_PATIENCE = 6.0  # seconds for one pattern
_CLEAR = 0.02  # seconds from which a longer text would tell nothing more
_SHORTEST = 30
_PROBES = "aAbzZé0 9.,;:!?'’\"“”-–—_@#/\n\r\t\u2028[]()<>=%&*\\\x00\ue000"
_SIMPLE = [" ", "a", "A", "a ", "A ", "Aa ", "\n", "\r\n", ".", ". ", '"', "’", "'", "“", "a-", "A.", "1", "1,", "1.",
           "a’", "’s ", "(", "[", "<meta ", ", ", "; ", "and ", "\t", "\\ud8"]  # fmt: skip


@dataclass
class Found:
    """A pattern with the place where it stands and the methods by which it is used."""

    place: str
    pattern: str
    flags: int
    methods: set[str] = field(default_factory=set)
    bound: int | None = None
    compiled: re.Pattern | None = None


def _from_functions() -> dict[str, re.Pattern]:
    """Patterns that functions make from word lists, by module and function."""
    from newslab import boilerplate, speaking, text
    from newslab.rules import attribution, lexicons, mentions, stances

    made = {f"boilerplate._patterns {k}": p for k, p in enumerate(boilerplate._patterns())}
    made["rules.attribution._cues"] = attribution._cues()
    made["rules.mentions._roles"] = mentions._roles()
    made["text._LanguageVars._ends"] = text._LanguageVars()._ends
    made["rules.stances._words"] = stances._words()
    made["speaking._told_first"] = speaking._told_first("letter")
    for frames in sorted({f for _, _, f, _ in lexicons.lexicons().stances}):
        made[f"rules.stances._behind {frames}"] = stances._behind(frames)
    return made


# Functions whose patterns are not written out; see _from_functions.
FROM_FUNCTIONS = ("boilerplate._patterns", "rules.attribution._cues", "rules.mentions._roles", "rules.stances._words",
                  "rules.stances._behind", "speaking._told_first", "text._LanguageVars._ends")  # fmt: skip


def find_patterns() -> list[Found]:
    """All patterns of the package, each once for its place in the source."""
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(newslab.__path__, "newslab.")
               if not m.name.endswith("__main__")]  # fmt: skip
    found: list[Found] = []
    unknown: list[str] = []
    for module in [newslab, *modules]:
        found += _in_module(module, unknown)
    made = _from_functions()
    found += [Found(name, p.pattern, p.flags, {"search", "finditer", "fullmatch", "match"}, None, p)
              for name, p in made.items()]  # fmt: skip
    if unknown:
        sys.exit("patterns that cannot be read from the source; add them to FROM_FUNCTIONS:\n  " + "\n  ".join(unknown))
    return found


def _in_module(module: ModuleType, unknown: list[str]) -> Iterator[Found]:
    path = Path(module.__file__)
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    short = module.__name__.removeprefix("newslab.")
    inside: dict[ast.AST, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            inside |= dict.fromkeys(ast.walk(node), node.name) | {k: v for k, v in inside.items() if k is node}
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            used.setdefault(ast.unparse(node.func.value), set()).add(node.func.attr)
    named = {}  # pattern at the top of a module -> the line that makes it
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in getattr(node, "targets", [getattr(node, "target", None)]):
                if isinstance(target, ast.Name):
                    named[target.id] = node
    for name, node in named.items():
        value = getattr(module, name, None)
        if isinstance(value, str) and used.get(name):
            continue
        if isinstance(value, (re.Pattern, regex.Pattern)):
            methods = used.get(name) or {"finditer"}
            mark = " ".join(lines[node.lineno - 1 : node.end_lineno])
            flags = value.flags & ~regex.V0 if isinstance(value, regex.Pattern) else value.flags
            yield Found(f"{short}.{name}", value.pattern, flags, set(methods), _bound(mark), value)
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not (is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
            continue
        if node.func.attr not in (*_METHODS, "compile") or (node.func.attr == "compile" and node not in inside):
            continue
        where = f"{short}.{inside.get(node, 'module')}"
        try:
            text = eval(compile(ast.Expression(node.args[0]), str(path), "eval"), vars(module))
        except NameError:
            if where not in FROM_FUNCTIONS:
                unknown.append(f"{where}, line {node.lineno}: {ast.unparse(node.args[0])[:90]}")
            continue
        flags = [k.value for k in node.keywords if k.arg == "flags"] + [
            a for a in node.args[1:] if re.fullmatch(r"re\.[A-Z]+(?: \| re\.[A-Z]+)*", ast.unparse(a))
        ]
        value = eval(compile(ast.Expression(flags[0]), str(path), "eval"), {"re": re}) if flags else 0
        mark = " ".join(lines[node.lineno - 1 : node.end_lineno])
        methods = {node.func.attr} - {"compile"} or {"search"}
        yield Found(f"{where}:{node.lineno}", text, int(value), methods, _bound(mark))


def _bound(line: str) -> int | None:
    m = re.search(r"# bounded: ([\d_,]+)", line)
    return int(re.sub(r"\D", "", m[1])) if m else None


# ---- strings that a pattern nearly matches ---------------------------------------------------------------------------


def _sample(parsed, rng: random.Random, atoms: set[str]) -> str:
    """A string that fits a parsed pattern, nearly; pieces of it are added to `atoms`."""
    out = []
    for op, value in parsed:
        name = str(op)
        if name == "LITERAL":
            out.append(chr(value))
        elif name == "NOT_LITERAL":
            out.append(next(c for c in _PROBES if ord(c) != value))
        elif name == "ANY":
            out.append(rng.choice("aA .“"))
        elif name == "IN":
            fits = [c for c in _PROBES if _in(value, c)] or ["a"]
            out.append(rng.choice(fits))
            atoms.update(rng.sample(fits, min(3, len(fits))))
        elif name == "BRANCH":
            chosen = rng.sample(value[1], min(4, len(value[1])))
            texts = [_sample(b, rng, atoms) for b in chosen]
            atoms.update(t for t in texts if t)
            out.append(texts[0])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = value
            body = _sample(inner, rng, atoms)
            if body:
                atoms.add(body)
                atoms.add(body + _sample(inner, rng, atoms))
            out.append(body * max(low, min(int(high), rng.randint(0, 2))))
        elif name == "SUBPATTERN":
            out.append(_sample(value[3], rng, atoms))
        elif name == "ATOMIC_GROUP":
            out.append(_sample(value, rng, atoms))
        elif name == "ASSERT":
            out.append(_sample(value[1], rng, atoms) if rng.random() < 0.5 else "")
    text = "".join(out)
    if 0 < len(text) <= 40:
        atoms.add(text)
    return text


def _in(items, char: str) -> bool:
    negated, hit, code = False, False, ord(char)
    for op, value in items:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            hit |= value == code
        elif name == "RANGE":
            hit |= value[0] <= code <= value[1]
        elif name == "CATEGORY":
            kind = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
            is_kind = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
            hit |= not is_kind[kind[4:]] if kind.startswith("NOT_") else is_kind[kind]
    return hit != negated


def attacks(found: Found, tries: int = 120) -> list[tuple[str, str, str]]:
    """Triples of beginning, pump and end, the same for each run."""
    rng = random.Random(repr(found.pattern))
    parsed = sre.parse(found.pattern, found.flags & ~re.UNICODE if isinstance(found.pattern, bytes) else found.flags)
    atoms: set[str] = set()
    starts = {"", *(_sample(parsed, rng, atoms)[:80] for _ in range(8))}
    atoms = {a for a in atoms if 0 < len(a) <= 60}
    pumps = sorted(atoms | set(_SIMPLE))
    pairs = {rng.choice(pumps) + rng.choice(pumps) for _ in range(40)}
    pumps = rng.sample(pumps, min(len(pumps), 60)) + sorted(pairs)
    every = [(s, p, e) for s in sorted(starts)[:4] for p in pumps for e in ("", "\x00", "!x")]
    kept = [("", p, e) for p in pumps for e in ("\x00",)]
    return kept + rng.sample(every, min(tries, len(every)))


def _seconds(pattern: re.Pattern, method: str, text: str | bytes) -> float:
    begin = time.process_time()
    if method in ("finditer", "findall", "split"):
        for _ in pattern.finditer(text):
            pass
    elif method == "sub":
        pattern.sub("" if isinstance(text, str) else b"", text)
    else:
        getattr(pattern, method)(text)
    return time.process_time() - begin


def growth(found: Found, size: int) -> tuple[float, float, str] | None:
    """The worst attack: seconds at the last two lengths and what it was; None if none is steep.

    Lengths double from a few characters on and stop as soon as the time is plain, so that a pattern of cubic or
    exponential time is seen as well and not waited for.
    """
    pattern = found.compiled or re.compile(found.pattern, found.flags)
    most = found.bound or size
    worst: tuple[float, float, str] | None = None
    begin = time.process_time()
    for start, pump, end in attacks(found):
        for method in sorted(found.methods):
            before, seconds, n = 0.0, 0.0, min(_SHORTEST, most)
            while True:
                text = _text(found, start, pump, end, n)
                before, seconds = seconds, _seconds(pattern, method, text)
                if seconds > _CLEAR or n >= most:
                    break
                n = min(2 * n, most)
            if found.bound is not None:
                steep = seconds > _CLEAR  # short as the text is, it must be quick
            else:
                steep = seconds > _TRIFLE and seconds > _STEEP * before
            if steep and found.bound is None:  # again, against chance
                texts = [_text(found, start, pump, end, n) for n in (n // 2, n)]
                before, seconds = (min(_seconds(pattern, method, t) for _ in range(3)) for t in texts)
                steep = seconds > _TRIFLE and seconds > _STEEP * before
            if steep and (worst is None or seconds > worst[1]):
                worst = (before, seconds, f"{n} characters, {method} {start[:30]!r} + {pump!r}… + {end!r}")
        if time.process_time() - begin > _PATIENCE or worst:
            break
    return worst


def _text(found: Found, start: str, pump: str, end: str, n: int) -> str | bytes:
    text = start + (pump * (n // len(pump) + 1))[:n] + end
    return text.encode("latin-1", "replace") if isinstance(found.pattern, bytes) else text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=8000, help="characters of the longest text")
    parser.add_argument("--only", default="", help="only patterns in whose place this stands")
    options = parser.parse_args()
    found = [f for f in find_patterns() if options.only in f.place]
    steep = 0
    for f in found:
        if worst := growth(f, options.size):
            steep += 1
            print(f"{f.place}\n    {f.pattern[:110]!r}", flush=True)
            print(f"    {worst[0]:.4f} s, {worst[1]:.4f} s: {worst[2][:150]}", flush=True)
    bounded = sum(f.bound is not None for f in found)
    print(f"{len(found)} patterns ({bounded} of them only see bounded text), {steep} grow faster than the text")
    return int(bool(steep))


if __name__ == "__main__":
    sys.exit(main())
