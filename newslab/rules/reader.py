"""The rule reader: mentions, attributions and stances by transparent rules."""

from __future__ import annotations

from newslab.quotation import find_quotations
from newslab.reading import Act, Attribution, Mention, Opinion, Reader, Reading, checked, in_order
from newslab.rules.attribution import find_attributions
from newslab.rules.interviews import give_answers
from newslab.rules.letters import find_letters
from newslab.rules.mentions import find_mentions, with_names_inside
from newslab.rules.shares import ends, share, with_ends
from newslab.rules.stances import find_acts, find_opinions
from newslab.text import Span, Text


class RuleReader(Reader):
    """Reads by quotation marks, reporting verbs and stance verbs; needs no weights. See :class:`Reader`."""

    name = "rules"

    def read(self, text: Text) -> Reading:  # noqa: D102 - see Reader.read
        reading = Reading(text, find_quotations(text))
        reading.mentions = with_names_inside(text.text, find_mentions(text))
        found = find_attributions(text, reading.quotations, reading.mentions)
        reading.attributions = in_order([*found, *find_letters(text)])
        give_answers(reading)
        reading.opinions = rule_opinions(text, reading.mentions, reading.attributions)
        reading.acts, reading.denied = rule_acts(text, reading.mentions)
        return reading

    def stance(self, text: str, source: Span, target: Span) -> dict[str, float]:  # noqa: D102 - see Reader.stance
        parsed = Text(checked(text, source, target))
        mentions = _with_spans(find_mentions(parsed), source, target)
        scores = {-1: 0.0, 1: 0.0}
        for act in find_acts(parsed, mentions)[0]:
            if _touch(mentions[act.source], source) and _touch(mentions[act.target], target):
                scores[act.polarity] = max(scores[act.polarity], _of_words(act, mentions))
        return _distribution(scores)

    def target_sentiment(self, text: str, target: Span) -> dict[str, float]:  # noqa: D102 - see Reader
        parsed = Text(checked(text, target))
        mentions = _with_spans(find_mentions(parsed), target)
        scores = {-1: 0.0, 1: 0.0}
        whole = Attribution(((0, len(text)),), None, None)
        found = [(a, _of_words(a, mentions)) for a in find_acts(parsed, mentions)[0]]
        found += [(o, share(o.rule)) for o in find_opinions(parsed, mentions, [whole])]
        for stance, p in found:
            if _touch(mentions[stance.target], target):
                scores[stance.polarity] = max(scores[stance.polarity], p)
        return _distribution(scores)


def rule_acts(text: Text, mentions: list[Mention]) -> tuple[list[Act], list[Act]]:
    """Acts by rules, each with the share of its rule's finds that coders confirmed, and acts that are denied."""
    acts, denied = find_acts(text, mentions)
    return [a._replace(probability=share(a.rule)) for a in acts], denied


def rule_opinions(text: Text, mentions: list[Mention], attributions: list[Attribution]) -> list[Opinion]:
    """Opinions by rules, likewise."""
    return [o._replace(probability=share(o.rule)) for o in find_opinions(text, mentions, attributions)]


def _of_words(act: Act, mentions: list[Mention]) -> float:
    """Chance of an act where nothing but its sentence is known."""
    source, target = mentions[act.source], mentions[act.target]
    described = [m.kind == "nominal" for m in (source, target)]
    return with_ends(share(act.rule), ends(source.name, *described, act.polarity))


def _with_spans(mentions: list[Mention], *spans: Span) -> list[Mention]:
    """The mentions of a text, with the spans asked about made mentions where no rule found one."""
    for a, b in spans:
        if not any(m.start < b and a < m.end for m in mentions):
            mentions.append(Mention(a, b, "name", "organisation", "", probability=0.5))
    return sorted(mentions, key=lambda m: m.start)


def _touch(mention: Mention, span: Span) -> bool:
    return mention.start < span[1] and span[0] < mention.end


def _distribution(scores: dict[int, float]) -> dict[str, float]:
    """Two independent shares as one distribution over negative, neutral and positive."""
    negative, positive = scores[-1] * (1 - scores[1] / 2), scores[1] * (1 - scores[-1] / 2)
    total = max(1.0, negative + positive)
    negative, positive = negative / total, positive / total
    return {"negative": negative, "neutral": 1 - negative - positive, "positive": positive}
