"""The model reader: one result whatever stands beside it, clear errors, and what it reads on text of our own."""

import json
import pickle
import re
import shutil
from itertools import pairwise
from threading import Event, Thread

import numpy as np
import pandas as pd
import pytest

import newslab as nl
from newslab.model.attribution import _apart, _in_paragraphs, _in_sentences, merge_attributions
from newslab.model.encoder import FILES, PRODUCTS, WEIGHTS, WINDOW, Encoder, _widened, cut_windows
from newslab.model.heads import FoundAttribution, FoundMention
from newslab.model.mentions import merge_mentions
from newslab.model.names import _begun, _ended, outer_names
from newslab.model.reader import _batches, _blas, _one_thread
from newslab.model.ties import _holds_relative
from newslab.quotation import find_quotations
from newslab.reading import Attribution, Mention, Reading
from newslab.rules.attribution import attribute_quotations
from newslab.rules.mentions import find_mentions
from newslab.speaking import is_poll
from newslab.text import Cover, Text

ARTICLE = """Rebels split over the harbour levy

Ona Vell, the leader of the Harbour Party, accused the mayor on Monday of hiding the true cost of the levy. “Tam Orr \
has misled this city for two years,” she told reporters outside the town hall. “He should be ashamed of himself.”

Mr Orr rejected the charge. He said that Vell had voted for the levy twice and was now pretending to be its enemy.

A spokeswoman for the Dockers’ Union praised Ms Vell’s courage, and said the union would stand beside her.

“The levy pays for the sea wall,” said Bo Lindqvist, an engineer, who takes no side in the quarrel.
"""


@pytest.fixture(scope="module")
def reader():
    return nl.Reader("model")


@pytest.fixture(scope="module")
def texts():
    """Articles of many lengths, some longer than a window."""
    parts = ARTICLE.split("\n\n")
    return [ARTICLE, ARTICLE * 4, *parts, "No.", parts[1] + "\n\n" + ARTICLE * 2, "Rain.\n" * 90]


def same(a, b):
    """Whether two readings found the same, with probabilities equal to what is shown of them."""
    assert [(m.start, m.end, m.kind, m.type, m.name) for m in a.mentions] == [
        (m.start, m.end, m.kind, m.type, m.name) for m in b.mentions
    ]
    assert [(x.content, x.source, x.cue, x.how) for x in a.attributions] == [
        (x.content, x.source, x.cue, x.how) for x in b.attributions
    ]
    for name in ("opinions", "acts"):
        one, other = getattr(a, name), getattr(b, name)
        assert [(x.target, x.polarity, x.start, x.end) for x in one] == [
            (x.target, x.polarity, x.start, x.end) for x in other
        ]
        assert [x.probability for x in one] == pytest.approx([x.probability for x in other], abs=2e-4)


@pytest.mark.parametrize("name", ["model.onnx", "judge.onnx"])
def test_graphs_ask_for_no_operator_that_the_oldest_onnxruntime_lacks(name):
    # 1.23 has its own QuantizeLinear, but not that of ONNX's operator set 23.
    graph, node = (WEIGHTS / name).read_bytes(), b"\x22\x0eQuantizeLinear"
    assert 0 < graph.count(node) == graph.count(node + b"\x3a\x0dcom.microsoft")


@pytest.mark.parametrize("size", [1, 7, 64])
def test_vectors_do_not_depend_on_the_batch(reader, texts, size):
    alone = [reader.encoder.encode([t])[0].vectors for t in texts]
    order = np.random.default_rng(size).permutation(len(texts))
    together = reader.encoder.encode([texts[k] for k in order], batch_size=size)
    for k, e in zip(order, together, strict=True):
        np.testing.assert_allclose(e.vectors, alone[k], atol=2e-5)


def test_layers_of_the_heads_have_a_row_for_each_piece(reader, texts):
    alone = [reader.encoder.encode([t])[0] for t in texts]
    together = reader.encoder.encode(texts[::-1])[::-1]
    for one, other in zip(alone, together, strict=True):
        n = len(one.ids)
        for name in PRODUCTS:
            rows = one.product(name, 0, n)
            assert rows.shape == (n, reader.encoder.widths[name]) and rows.dtype == np.float32
            assert np.isfinite(rows).all() and rows.any()
            np.testing.assert_allclose(other.product(name, 0, n), rows, rtol=2e-3, atol=2e-3)
            np.testing.assert_array_equal(one.product(name, 1, 3), rows[1:3])
            np.testing.assert_array_equal(one.product(name, n - 1, n + 9), rows[n - 1 :])  # a section may end behind it


def test_an_article_reads_the_same_alone_and_among_others(reader, texts):
    together = list(reader.read_many([Text(t) for t in texts[::-1]]))[::-1]
    for text, reading in zip(texts, together, strict=True):
        same(reader.read(Text(text)), reading)


def test_a_reader_goes_to_another_process_and_reads_the_same_there(texts):
    reader = nl.Reader(workers=1)
    sent = pickle.loads(pickle.dumps({"mine": reader}))["mine"]
    same(reader.read(Text(texts[0])), sent.read(Text(texts[0])))
    assert sent.encoder.session.get_session_options().intra_op_num_threads == 1


def test_shuffled_articles_give_the_same_rows(texts):
    frame = pd.DataFrame({"article_id": [f"a{k:02d}" for k in range(len(texts))], "text": texts})
    one = nl.analyze(frame, progress=False)
    other = nl.analyze(frame.sample(frac=1, random_state=3), workers=1, progress=False)
    for name, key in (("quotes", "quote_id"), ("mentions", "mention_id"), ("stances", "stance_id")):
        pd.testing.assert_frame_equal(
            getattr(one, name).sort_values(key, ignore_index=True),
            getattr(other, name).sort_values(key, ignore_index=True),
            atol=2e-4,
        )


SENTENCE = "The council met in the old hall. "


@pytest.mark.parametrize(
    "text",
    [
        "Rain.",
        ARTICLE,
        ARTICLE * 9,
        SENTENCE * 80,
        "no end in sight " * 300,
        "One.\n" * 900,
        ("A" * 30 + "\n") * 40 + SENTENCE * 60 + "\n" + ARTICLE * 2,
    ],
)
def test_windows_cover_a_text(reader, text):
    e = reader.encoder.tokenize(text)
    cut = cut_windows(e)
    assert [p for _, (a, b) in cut for p in range(a, b)] == list(range(len(e.ids)))  # each from one window
    assert all(low <= a < b <= high and 0 < high - low <= WINDOW for (low, high), (a, b) in cut)
    for ((_, high), (_, b)), _ in pairwise(cut):
        ends_paragraph = text[: e.offsets[b, 0]].rstrip(" ").endswith("\n")
        assert ends_paragraph or high > b  # what stands in the middle of a paragraph is read with what follows


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE,
        "",
        "\n",
        "“Don’t,” he said—twice: €50m, 3rd, U.S.A. [SEP] naïve",
        "a\x0bb\xa0c\u0301 \u0301d\u200be 中文。x" + "y" * 120,
    ],
)
def test_words_that_are_remembered_have_the_pieces_that_the_tokenizer_gives(reader, text):
    found = reader.encoder.tokenizer.encode(text.replace("’", "'"), add_special_tokens=False)
    for _ in range(2):
        e = reader.encoder.tokenize.__wrapped__(text)
        assert (e.ids.tolist(), [tuple(x) for x in e.offsets.tolist()]) == (found.ids, found.offsets)


def test_an_article_is_read_alike_whichever_apostrophe_it_is_printed_with(reader):
    text = (
        ARTICLE + "\n\nOna Vell’s aide said the mayor’s plan wasn’t fair, and Orr didn’t reply to the board’s letter."
    )
    frames = [pd.DataFrame({"article_id": ["a"], "text": [t]}) for t in (text, text.replace("’", "'"))]
    curly, straight = (nl.analyze(f, reader=reader, progress=False) for f in frames)
    for name in ("quotes", "mentions", "stances"):
        columns = ["start", "end", *(c for c in ("kind", "polarity", "probability") if c in getattr(curly, name))]
        assert not getattr(curly, name).empty
        assert getattr(curly, name)[columns].equals(getattr(straight, name)[columns])


def test_no_windows_without_pieces(reader):
    assert cut_windows(reader.encoder.tokenize(" \n ")) == []


def test_a_window_ends_with_a_paragraph_or_else_with_a_sentence(reader):
    for text, ends in ((ARTICLE * 9, "\n"), (SENTENCE * 80, ". ")):
        e = reader.encoder.tokenize(text)
        cut = cut_windows(e)
        assert len(cut) > 2
        assert all(text[: e.offsets[a, 0]].endswith(ends) for _, (a, _) in cut[1:])


@pytest.mark.parametrize("ahead", [0, 40, 80, 120, 160, 200, 240])
def test_no_seam(reader, ahead):
    """Wherever a window begins, the quotation and its speaker are found."""
    text = "Rain fell on the coast. " * (ahead // 6) + "\n\n" + ARTICLE + "\nFerries will run on time. " * 60
    found = reader.read(Text(text)).attributions
    said = {text[a.content[0][0] :][:12]: text[slice(*a.source)] for a in found if a.source}
    assert "Bo Lindqvist" in said["The levy pay"]
    assert said["Tam Orr has "] == "she"


def test_quotations_sources_and_cues(reader):
    found = reader.attributions(ARTICLE)
    read = [{role: [ARTICLE[a:b] for a, b in spans] for role, spans in a.items()} for a in found]
    direct = next(a for a in read if a["content"][0].startswith("“Tam Orr has misled"))
    assert direct["source"] == ["she"] and direct["cue"][0].startswith("told")
    indirect = next(a for a in read if "had voted for the levy" in a["content"][0])
    assert indirect["source"] == ["He"] and indirect["cue"] == ["said"]
    assert not any(b <= a for f in found for spans in f.values() for a, b in spans)


def test_who_is_attacked_and_who_is_backed(reader):
    text = "Orr and his gang will never lead this town again."
    p = reader.target_sentiment(text, (0, 3))
    assert max(p, key=p.get) == "negative"
    assert sum(p.values()) == pytest.approx(1, abs=1e-5)
    text = "Ona Vell has accused Tam Orr of lying, and Bo Lindqvist praised Vell for her courage."
    at = {name: (text.index(name), text.index(name) + len(name)) for name in ("Ona Vell", "Tam Orr", "Bo Lindqvist")}
    attack = reader.stance(text, at["Ona Vell"], at["Tam Orr"])
    back = reader.stance(text, at["Tam Orr"], at["Ona Vell"])
    praise = reader.stance(text, at["Bo Lindqvist"], (text.rindex("Vell"), text.rindex("Vell") + 4))
    assert max(attack, key=attack.get) == "negative"
    assert back["negative"] < attack["negative"]
    assert max(praise, key=praise.get) == "positive"


def put_right(change, text, found, kind):
    """The words of a mention after a change of its ends."""
    at = text.index(found)
    f = change(text, FoundMention(at, at + len(found), "organisation", kind, 0.9))
    return text[f.start : f.end]


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("On Monday 12 MPs left.", "MPs", "12 MPs"),
        ("The vote of two Harbour ministers", "Harbour ministers", "two Harbour ministers"),
        ("1,100 dockers went home.", "dockers", "1,100 dockers"),
        ("In 2031 Democrats won.", "Democrats", "Democrats"),
        ("The 12 MP scandal", "MP", "MP"),
        ("Held: seven\n\nStrikers walked out.", "Strikers", "Strikers"),
        ("Celia Marrable and Gareth Pell", "and Gareth Pell", "Gareth Pell"),
        ("“Yes,” said Ona Vell.", "said Ona Vell", "Ona Vell"),
        ("New Ossery’s parliament met.", "’s parliament", "New Ossery’s parliament"),
        ("The town’s parliament met.", "’s parliament", "The town’s parliament"),
        ("Even Celia Marrable left.", "Even Celia Marrable", "Celia Marrable"),
        ("“Thanks, @cmarrable”", "cmarrable", "@cmarrable"),
    ],
)
def test_where_a_mention_begins(text, found, kept):
    assert put_right(_begun, text, found, "name") == kept


def test_roles_in_small_letters_are_no_names(reader):
    text = "Foreign Secretary Ona Vell left.\n\nThe foreign secretary said on Monday that Tam Orr was a liar."
    roles = [m for m in reader.read(Text(text)).mentions if "foreign secretary" in text[m.start : m.end]]
    assert [m.kind for m in roles] == ["nominal"]
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
    assert analysis.quotes["speaker"].tolist() == ["Ona Vell"]


def test_a_description_is_not_the_place_that_it_names(reader):
    text = (
        "Ona Vell, the president of Lorvane, resigned on Monday. The president of Lorvane said: “I am tired of this.” "
        "Lorvane’s High Court rejected the appeal. Lorvane has two courts, and Lorvane is proud of both."
    )
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
    direct = analysis.quotes.query("kind == 'direct'")
    assert direct["speaker"].tolist() == ["Ona Vell"]
    of = analysis.mentions.set_index("text")["actor"]
    assert "Lorvane" not in of.filter(regex="president|Court").tolist()


@pytest.mark.parametrize(
    ("text", "pronoun", "actor"),
    [
        # the name follows
        ("Tam Orr opened the meeting. In his last speech as mayor, Mr Bo Lind thanked the voters.", "his", "Bo Lind"),
        (
            "Tam Orr opened the meeting. After her defeat in the vote, Ona Vell left the hall with Ida Sund.",
            "her",
            "Ona Vell",
        ),
        # told of whom the mention names
        ("Ida Sund praised Ona Vell, who lost her seat on Monday.", "her", "Ona Vell"),
        # the object is not the subject of its clause
        ("Ida Sund met Ona Vell on Monday. Vell told her that the levy was dead.", "her", "Ida Sund"),
    ],
)
def test_whom_he_and_she_mean(reader, text, pronoun, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).mentions
    assert mentions.loc[mentions["text"] == pronoun, "actor"].tolist() == [actor]


RELATIVE = [
    ("groups that fought", "groups", "that", True),
    ("Ona Vell, who left", "Ona Vell", "who", True),
    ("They were people who fought", "They", "who", True),
    ("They included two groups that fought", "They", "that", True),
    ("They fought the groups that left", "They", "that", False),
    ("They were, as Ona Vell had always said, people who fought", "They", "who", False),
]


@pytest.mark.parametrize(("text", "words", "pronoun", "expected"), RELATIVE)
def test_whom_a_relative_pronoun_may_go_back_to(text, words, pronoun, expected):
    at = text.index(f" {pronoun} ") + 1
    other = Mention(0, len(words), "nominal", "group", words, plural=True)
    assert _holds_relative(text, other, Mention(at, at + len(pronoun), "pronoun", "group", pronoun)) is expected


def test_where_somebody_works_is_not_attacked(reader):
    text = "Tam Orr called the Hollin Council’s Ona Vell a liar. He called Ona Vell of the Hollin Council a disgrace."
    reading = reader.read(Text(text))
    by_heads = [x for x in (*reading.opinions, *reading.acts) if x.rule in ("towards", "speaker", "between")]
    judged = {reading.mentions[x.target].name for x in by_heads}
    assert "Ona Vell" in judged
    assert not any("Council" in name for name in judged)


def test_whose_officer_somebody_is_does_not_act(reader):
    text = "School board member Nell Garrow accused Sheriff Hugh Brandt of lying to the parents."
    frame = pd.DataFrame({"text": [text, text.replace("member Nell Garrow ", "")]})
    stances = nl.analyze(frame, reader=reader, progress=False).stances.query("probability > 0.5")
    assert stances["source"].tolist() == ["Nell Garrow", "School board"]
    assert set(stances["target"]) == {"Hugh Brandt"}


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("Senator Ona Vell praised the courage of Corvane Freight co-founder Bo Lind on Monday.", "Corvane Freight"),
        ("Senator Ona Vell called on Bo Lind to quit the Senate race over his lies.", "Senate"),
        ("“Ona Vell is a liar,” said Bo Lind, vice president for trade studies at the Corvane Club.", "Corvane Club"),
        ("Voters do not trust Senator Ona Vell, according to a new Brasko University poll.", "Brasko University"),
        ("In a poll conducted by the Hollin Times and RLV News, voters said that Ona Vell is a liar.", "RLV News"),
        ("Ona Vell is loathed by young voters, a new poll shows.", "new poll"),
        ("Senator Ona Vell is a liar, Corvane Freight Chairman Bo Lind said.", "Corvane Freight"),
    ],
)  # fmt: skip
def test_bodies_told_of_beside_others_and_polls_take_no_stance(reader, text, nobody):
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    assert nobody not in {*stances["source"], *stances["target"]}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The latest Brasko Times/RLV poll", True),
        ("an average of recent polls", True),
        ("A survey released by the Brasko Institute", True),
        ("a third of the voters in the poll", False),
        ("poll workers", False),
        ("a strategist who ran a poll", False),
    ],
)
def test_what_is_a_poll(words, expected):
    assert is_poll(words) is expected


def test_a_body_that_its_people_do_not_stand_for_still_acts(reader):
    text = "The Brasko Institute accused Senator Ona Vell of lying. Vell called the Brasko Institute a disgrace."
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    found = set(stances[["source", "target"]].itertuples(index=False, name=None))
    assert found >= {("Brasko Institute", "Ona Vell"), ("Ona Vell", "Brasko Institute")}


def test_verbs_of_blame_and_deeds_are_a_second_witness(reader):
    text = "The Harbour Party expelled Ona Vell on Monday.\n\nMs Vell had led it for nine years."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
    deeds = analysis.stances.query("via == 'action'")
    assert deeds[["source", "target", "polarity"]].values.tolist() == [["Harbour Party", "Ona Vell", "negative"]]


def test_many_equals_one_by_one(reader):
    texts = [ARTICLE, "Ona Vell condemned Tam Orr.", ARTICLE]
    p, q = [(36, 44), (0, 8), (36, 44)], [(170, 177), (19, 26), (36, 40)]
    for one, many in zip(
        [reader.stance(*row) for row in zip(texts, p, q, strict=True)], reader.stance_many(texts, p, q), strict=True
    ):
        assert one == pytest.approx(many, abs=1e-4)
    for one, many in zip(
        [reader.target_sentiment(*row) for row in zip(texts, q, strict=True)],
        reader.target_sentiment_many(texts, q),
        strict=True,
    ):
        assert one == pytest.approx(many, abs=1e-4)
    assert reader.attributions_many(texts) == [reader.attributions(t) for t in texts]
    assert reader.stance_many([], [], []) == [] and reader.attributions_many([]) == []


def test_texts_and_spans_that_make_no_sense_are_refused(reader):
    with pytest.raises(TypeError, match="takes a text"):
        reader.attributions(None)
    with pytest.raises(ValueError, match="outside the text of 5 characters"):
        reader.target_sentiment("Vell.", (2, 9))
    with pytest.raises(ValueError, match="texts and spans are 1 and 1 and 0; give lists of one length"):
        reader.stance_many(["Vell."], [(0, 4)], [])
    with pytest.raises(ValueError, match="texts and spans are 1 and 2; give"):
        nl.Reader("rules").target_sentiment_many(["Vell."], [(0, 4), (0, 4)])
    for blank in (" \n", "\ufeff"):
        with pytest.raises(ValueError, match="holds no word or mark"):
            reader.target_sentiment(blank, (0, 1))


def test_one_text_is_not_read_letter_by_letter(reader):
    for r in (reader, nl.Reader("rules")):
        for ask, spans in ((r.attributions_many, 0), (r.target_sentiment_many, 1), (r.stance_many, 2)):
            with pytest.raises(TypeError, match=r"one str, where a list of texts is read; \[text\] is a list of one"):
                ask("Vell.", *[[(0, 4)]] * spans)


def test_texts_that_come_one_at_a_time_are_read_like_a_list(reader):
    texts = ["“No,” said Ona Vell.", "Rain fell.", "“Yes,” said Tam Orr.", "“Never,” said Bo Lind."]
    for r in (reader, nl.Reader("rules")):
        assert r.attributions_many(t for t in texts) == r.attributions_many(texts)


@pytest.mark.parametrize("place", ["Tam Orr", "ab", 18, (18,), (18.0, 25.0), None])
def test_words_are_no_place_in_a_text(reader, place):
    text = "Ona Vell attacked Tam Orr."
    for r in (reader, nl.Reader("rules")):
        with pytest.raises(TypeError, match=r"is no place in the text; .* \(start, end\), where start = text\.index"):
            r.stance(text, (0, 8), place)
        with pytest.raises(TypeError, match="is no place in the text"):
            r.target_sentiment(text, place)


def test_two_threads_that_read_leave_numpy_as_many_threads_as_it_had():
    def counts():
        return {library["num_threads"] for library in _blas().info() if library["user_api"] == "blas"}

    begun, over = Event(), Event()

    def other():
        with _one_thread():
            begun.set()
            over.wait(60)

    thread = Thread(target=other)
    with _blas().limit(limits=2, user_api="blas"):
        before = counts()
        with _one_thread():
            assert counts() <= {1}
            thread.start()
            assert begun.wait(60)
        over.set()
        thread.join()
        assert counts() == before


@pytest.mark.parametrize(
    ("workers", "kind", "said"), [(0, ValueError, "at least 1"), ("2", TypeError, "a whole number")]
)
def test_a_number_of_threads_that_cannot_be_is_told(workers, kind, said):
    for name in ("model", "rules"):
        with pytest.raises(kind, match=f"workers is {workers!r}; it .*{said}"):
            nl.Reader(name, workers=workers)


def test_spans_without_a_letter_are_judged_all_the_same(reader):
    p = reader.target_sentiment("Vell   left — early.", (4, 7))
    assert sum(p.values()) == pytest.approx(1, abs=1e-5)


@pytest.fixture
def weights(tmp_path):
    for name in FILES:
        shutil.copy(WEIGHTS / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_the_remedy(weights, name):
    (weights / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}.*install newslab again.*reader='rules'"):
        Encoder(weights)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_with_the_remedy(weights, name):
    data = (weights / name).read_bytes()
    (weights / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=rf"{name} of the reading model is damaged.*install newslab again"):
        Encoder(weights)


def test_shipped_files_are_small_and_say_what_they_are():
    assert sum((WEIGHTS / name).stat().st_size for name in FILES) < 56e6  # of a wheel of 60 MB
    config = json.loads((WEIGHTS / "config.json").read_text(encoding="utf-8"))
    assert config["version"] in (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_long_articles_are_not_read_at_once_with_others():
    sizes = [10, 80_000, 50_000, 900_000, 5, *[100] * 40]
    batches = list(_batches(map(Text, ("a" * n for n in sizes))))
    assert [len(t.text) for batch in batches for t in batch] == sizes
    assert [len(batch) for batch in batches] == [2, 1, 1, 16, 16, 9]


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("Vell accused the council of trying to scare her.", "the council of trying to scare her", "the council"),
        ("Vell accuses the Union of Dockers of lying.", "the Union of Dockers of lying", "the Union of Dockers"),
        ("Vell, accusing the Tories of “running scared”, left.", "the Tories of “running scared”", "the Tories"),
        ("Vell accused the Union of Dockers, twice.", "the Union of Dockers", "the Union of Dockers"),
        ("Vell leads the school of nursing.", "the school of nursing", "the school of nursing"),
        ("Vell accused the port of gross neglect.", "the port of gross neglect", "the port"),
        ("Vell suspected Bo Lind of treason.", "Bo Lind of treason", "Bo Lind"),
        ("Vell accused the ministry of works of greed.", "the ministry of works of greed", "the ministry of works"),
        ("Vell accused the ministry of works of greed.", "the ministry of works", "the ministry of works"),
        ("Vell accused the port of a lack of care.", "the port of a lack of care", "the port"),
        ("Vell accused the board of governors.", "the board of governors", "the board of governors"),
        ("Vell accused the secretary of state.", "the secretary of state", "the secretary of state"),
        ("Vell accused the clerk of the court.", "the clerk of the court", "the clerk of the court"),
        ("Vell convicted dozens of young dockers.", "dozens of young dockers", "dozens of young dockers"),
    ],
)
def test_of_whom_is_accused_the_charge_is_no_part(text, found, kept):
    assert put_right(_ended, text, found, "nominal") == kept


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("The Harbour Secretary has failed", "The Harbour Secretary"),
        ("Vell will meet Orr", "Vell"),
        ("the union isn’t ready", "the union"),
        ("the only one who has stayed", "the only one who has stayed"),
        ("people I have met", "people I have met"),
        ("Vell’s wife is ill", "Vell’s wife is ill"),
        ("two ferry firms on the grounds that they cheat", "two ferry firms"),
        ("Orr in order to win", "Orr"),
        ("those who left because of Orr", "those who left because of Orr"),
        ("the Hope in Action Group", "the Hope in Action Group"),
        ("the best clerk in Hollin.”", "the best clerk in Hollin"),
        ("“Morning Tide”", "“Morning Tide”"),
        ('Bo "Buddy" Lind', 'Bo "Buddy" Lind'),
        ("town clerk Bo Lind resigned", "town clerk Bo Lind"),
        ("The accused", "The accused"),
        ("those injured", "those injured"),
        ("the councillors themselves", "the councillors"),
        ("the mayor “has turned", "the mayor"),
        ("Ms Vell's “guts", "Ms Vell"),
        ("a “clerk with ideas", "a “clerk with ideas"),
        ("Bo “Buddy” Lind", "Bo “Buddy” Lind"),
        ("the clerk who voted for himself", "the clerk who voted for himself"),
    ],
)
def test_what_is_told_of_somebody_is_no_part_of_the_mention(found, kept):
    assert put_right(_ended, found, found, "nominal") == kept


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("Ossery Foods and its biggest union", "Ossery Foods"),
        ("Ossery and dockers", "Ossery"),
        ("Hope and justice group", "Hope and justice group"),
        ("Ossery Foods and Timber", "Ossery Foods and Timber"),
        ("Harbour peer and former minister", "Harbour peer and former minister"),  # one person
    ],
)
def test_the_name_of_a_body_has_no_other_body_in_it(found, kept):
    assert put_right(_ended, found, found, "name") == kept


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Bo Lind.", ["Bo Lind"]),
        ("Jan Orr.", ["Jan Orr"]),
        ("the Hollin Rep.", ["the Hollin Rep."]),
        ("Quillway Inc.", ["Quillway Inc."]),
        ("Quillway Corp.", ["Quillway Corp."]),
        ("the F.B.I.", ["the F.B.I."]),
        # nor is a sum of money anybody
        ("£400,000 to", []),
        ("$2m", []),
        ("$2m donors", ["$2m donors"]),
    ],
)
def test_a_full_stop_is_no_part_of_a_name_and_money_is_nobody(words, kept):
    text = f"They met {words}"
    found = outer_names(Text(text), [FoundMention(9, len(text), "person", "name", 0.9)])
    assert [text[f.start : f.end] for f in found] == kept


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("the arrest of 14 dockers by the police", "14 dockers by the police", "14 dockers"),
        ("the beating of two clerks by Bo Lind", "two clerks by Bo Lind", "two clerks"),
        ("the arrest of dockers hired by the port", "dockers hired by the port", "dockers hired by the port"),
        ("the arrest of a man who stood by Orr", "a man who stood by Orr", "a man who stood by Orr"),
        ("She met 14 dockers by the pier", "14 dockers by the pier", "14 dockers by the pier"),
    ],
)
def test_who_did_it_is_no_part_of_whom_it_was_done_to(text, found, kept):
    assert put_right(_ended, text, found, "nominal") == kept


def test_the_parts_of_a_body_s_name_are_no_bodies():
    text = "Vell attacked the Dockers’ Guild and Orr’s Guild of Clerks."
    names = "the Dockers’ Guild", "the Dockers", "Guild", "Orr", "Guild of Clerks"
    found = [FoundMention(at, at + len(w), "organisation", "name", 0.9) for w in names for at in (text.rfind(w),)]
    found[2] = found[2]._replace(start=text.find("Guild"), end=text.find("Guild") + 5)
    kept = [text[f.start : f.end] for f in outer_names(Text(text), sorted(found, key=lambda f: (f.start, -f.end)))]
    assert kept == ["the Dockers’ Guild", "Orr", "Guild of Clerks"]


def test_mentions_that_come_to_the_same_words_are_one():
    text = "“The Harbour Secretary has failed,” said Bo Lind."
    found = [("The Harbour Secretary has failed", "person", "name"), ("The Harbour Secretary", "person", "name"),
             ("said Bo Lind", "person", "name"), ("Bo Lind", "person", "name")]  # fmt: skip
    merged = _merged(text, *found)
    assert [text[m.start : m.end] for m in merged] == ["The Harbour Secretary", "Bo Lind"]
    assert [m.kind for m in merged] == ["nominal", "name"]  # a role with a capital is no name


def test_a_full_name_that_the_model_breaks_off_is_whole():
    text = "Critics accused Franklin Lind of contempt. Bo Lind left."
    merged = _merged(
        text, ("Franklin", "person", "name"), ("Bo", "person", "name"), ("Lind(?= left)", "person", "name")
    )
    assert [m.name for m in merged] == ["Franklin Lind", "Bo", "Lind"]  # the last one is two for the model


def test_a_name_within_a_longer_mention_keeps_its_title():
    text = "Lady Vell, his sister, left."
    merged = _merged(text, ("Lady Vell, his sister", "person", "name"), ("Lady Vell", "person", "name"))
    assert {(m.name, m.gender) for m in merged if m.kind == "name"} == {("Vell", "f")}


def test_a_name_that_the_lists_join_to_another_keeps_its_title():
    text = "We met the Hollin Guild and Lord Vell."
    merged = _merged(text, ("the Hollin Guild", "organisation", "name"), ("Lord Vell", "person", "name"))
    assert [(m.name, m.role, m.gender) for m in merged if m.type == "person" and m.kind == "name"] == [
        ("Vell", "Lord", "m")
    ]


@pytest.mark.parametrize(
    ("text", "found", "kind", "called"),
    [
        ("Vell met her fellow Democrats.", "her fellow Democrats", ("name", "group"), "her fellow Democrats"),
        ("Harbour Republicans met.", "Harbour Republicans", ("name", "group"), "Harbour Republicans"),
        ("We met Ferry Line CEO Ona Vell.", "Ferry Line CEO Ona Vell", ("name", "person"), "Ona Vell"),
        ("We met Democrat Ona Vell.", "Democrat Ona Vell", ("name", "person"), "Ona Vell"),
    ],
)
def test_what_a_found_name_is_and_is_called(text, found, kind, called):
    at = text.index(found)
    given = Text(text)
    mentions = merge_mentions(given, find_mentions(given), [FoundMention(at, at + len(found), "person", "name", 0.9)])
    m = next(m for m in mentions if text[m.start : m.end] == found)
    assert (m.kind, m.type) == kind
    assert m.name == called
    assert m.plural == (kind[1] == "group")


@pytest.mark.parametrize(
    ("text", "found", "mentions"),
    [
        ("Bo Lind is a Vell supporter.", ("a Vell supporter", "person", "nominal"), ["a Vell supporter", "Vell"]),
        ("A pro-Vell group met.", ("A pro-Vell", "organisation", "name"), ["Vell"]),
        ("An anti-Vell PAC met.", ("An anti-Vell PAC", "organisation", "nominal"), ["An anti-Vell PAC", "Vell"]),
        ("Anti-Vell delegates met.", ("delegates", "person", "nominal"), ["Anti-Vell delegates", "Vell"]),
        ("Vell-backed Tam Orr met.", ("Vell-backed Tam Orr", "person", "name"), ["Vell-backed Tam Orr", "Vell"]),
        ("Rose Vell supporters met.", ("Rose Vell supporters", "person", "nominal"), ["Rose Vell supporters"]),
        ("A pro-Harbour group met.", ("Harbour", "place", "name"), ["Harbour"]),
    ],
)
def test_the_name_of_whose_camp_it_is_stands_inside(text, found, mentions):
    text = f"{text} Ona Vell left."
    merged = _merged(text, found, ("Ona Vell", "person", "name"))
    assert [text[m.start : m.end] for m in merged] == [*mentions, "Ona Vell"]
    assert not any(m.name == "PAC" for m in merged)


def test_the_state_of_a_secretary_is_nobody():
    text = "We met the secretary of state. We met the state."
    merged = _merged(text, ("state", "organisation", "nominal"))
    assert [m.start for m in merged if text[m.start : m.end] == "state"] == [text.rindex("state")]


@pytest.mark.parametrize(
    ("text", "found", "kind"),
    [
        ("The press accused Vell of hiding it.", "Vell", "person"),
        ("If Rose wants to win, she must act.", "Rose", "person"),
        ("They met in Vell on Monday.", "Vell", "place"),
        ("They met at Vell Tower on Monday.", "Vell", "place"),
        ("They met near Ostmark, and Ostmark burned.", "Ostmark", "place"),
        ("The fight against the Kremlin is over.", "Kremlin", "organisation"),
        ("They met at the Kremlin on Monday.", "Kremlin", "place"),
        ("They met Kremlin hopefuls on Monday.", "Kremlin", "place"),
    ],
)
def test_who_is_blamed_is_no_place(text, found, kind):
    text = f"{text} Rose Vell left, Rose Vell said. Rose Vell wept."
    merged = _merged(text, (f"{found}(?<!Rose Vell)(?! Vell)", "place", "name"), ("Rose Vell", "person", "name"))
    assert next(m.type for m in merged if text[m.start : m.end] == found) == kind


@pytest.mark.parametrize(
    ("text", "described", "kind", "of"),
    [
        ("The ferry operator, Skell Marine, declined to comment.", "The ferry operator", "person", "Skell Marine"),
        ("The exam board, Northmoor Awards, said nothing.", "The exam board", "organisation", "Northmoor Awards"),
        ("The exam board met in Northmoor Vale, where it rained.", "The exam board", "organisation", None),
        ("She told the exam board, North Vale or not.", "the exam board", "organisation", None),
    ],
)
def test_a_name_that_says_who_was_just_described_is_no_place(text, described, kind, of):
    place = re.search(r"[A-Z]\w+ (?:Marine|Awards|Vale)", text)[0]
    merged = _merged(text, (described, kind, "nominal"), (place, "place", "name"))
    mentions = {text[m.start : m.end]: m for m in merged}
    assert mentions[place].type == (kind if of else "place")
    assert (mentions[described].antecedent is None) == (of is None)


def test_a_found_name_of_white_space_is_called_something():
    text = "Vell met the \x1f\x1f: \x1f commander."
    found = "the \x1f\x1f: \x1f commander"
    at = text.index(found)
    given = Text(text)
    mentions = merge_mentions(
        given, find_mentions(given), [FoundMention(at, at + len(found), "person", "nominal", 0.9)]
    )
    assert all(m.name.strip() for m in mentions)
    assert any(text[m.start : m.end] == found for m in mentions)


def _merged(text, *found):
    """Mentions that come of what the model finds: words, type and kind, at every place where the words stand."""
    spans = [
        FoundMention(m.start(), m.end(), kind, of, 0.9) for words, kind, of in found for m in re.finditer(words, text)
    ]
    given = Text(text)
    return merge_mentions(given, find_mentions(given), sorted(spans, key=lambda f: (f.start, -f.end)))


@pytest.mark.parametrize(
    ("text", "found", "names"),
    [
        (
            "Bread and Books lost its lease. The shop of Bread and Books closed.",
            [("Bread and Books", "organisation", "name"), ("Books", "organisation", "name")],
            ["Bread and Books"] * 2,
        ),
        (  # one place where the model sees all of the name is enough
            "Tide and Timber won. Ona Vell of Tide and Timber spoke.",
            [("^Tide and Timber", "person", "name"), ("Timber", "person", "name")],
            ["Tide and Timber"] * 2,
        ),
        (  # the model sees its second word only
            "The leader of Law and Books spoke.",
            [("Books", "organisation", "name")],
            ["Law and Books"],
        ),
        (  # one of them is known to be a body
            "He told Congress and Books so.",
            [("Books", "organisation", "name")],
            ["Books"],
        ),
        (  # each is a body of its own
            "Harbour and Upland met. Harbour walked out.",
            [("Harbour and Upland", "organisation", "name"), ("Harbour", "organisation", "name"),
             ("Upland", "organisation", "name")],
            ["Harbour", "Upland", "Harbour"],
        ),
    ],
)  # fmt: skip
def test_a_name_with_an_and_in_it_is_one_unless_its_parts_stand_alone(text, found, names):
    bodies = [m for m in _merged(text, *found) if m.type == "organisation" and m.kind == "name"]
    assert [m.name for m in bodies] == names


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        ("The Tram and Ferry Workers’ Union spoke.", ("Ferry Workers", "The Tram"), "Tram and Ferry Workers’ Union"),
        ("The Ferry Workers' Union spoke.", ("Ferry Workers",), "Ferry Workers' Union"),
        ("The Guild and Ferry Workers’ Union spoke.", ("Ferry Workers", "The Guild"), "Ferry Workers’ Union"),
        ("The Ferry Workers’ Union Street office closed.", ("Ferry Workers",), "Ferry Workers"),
        ("The Democrats’ Senate bill failed.", ("Democrats",), "Democrats"),
        ("The ferry workers’ union spoke.", ("ferry workers",), "ferry workers"),
        ("The Ferry Workers’ Rights Network spoke.", ("Ferry Workers",), "Ferry Workers’ Rights Network"),
    ],
)  # fmt: skip
def test_a_body_has_its_whole_name(text, found, words):
    merged = _merged(text, *((part, "organisation", "name") for part in found))
    ends = [text[m.start : m.end] for m in merged if text[m.start : m.end] != "The Guild"]
    assert ends == [words]


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        ("On Monday Mr. Lind’s lawyer spoke.", ["Mr\\."], ["Mr. Lind"]),
        ("Nobody asked Mr. and Mrs. Lind.", ["Mrs?\\."], ["Mrs. Lind"]),
        ("The former secretary of State spoke.", ["The former secretary", "State"], ["The former secretary"]),
        ("The people of State spoke.", ["State"], ["State"]),
        ("Let’s go. Vell left.", ["’s", "Vell"], ["Vell"]),
    ],
)
def test_a_title_and_its_parts_are_nobody(text, found, words):
    assert [text[m.start : m.end] for m in _merged(text, *((x, "person", "name") for x in found))] == words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Council leader Cllr Bo Lind spoke.", ["Bo Lind"]),
        ("Council staff met Bo Lind.", ["Council", "Bo Lind"]),
        ("Labour leader Bo Lind spoke.", ["Labour", "Bo Lind"]),
    ],
)
def test_the_common_noun_that_a_title_begins_with_is_no_body(text, kept):
    found = [("Council|Labour", "organisation", "name"), ("(?:Cllr )?Bo Lind", "person", "name")]
    assert [m.name for m in _merged(text, *found) if m.kind == "name"] == kept


@pytest.mark.parametrize(
    ("text", "found", "called"),
    [
        ("Superintendent of Police K. Lindqvist left.", ["Superintendent", "Police K\\. Lindqvist"], ["K. Lindqvist"]),
        ("Ex-Director of Works Obi Vell left.", ["Ex-Director of Works", "Works Obi Vell"], ["Obi Vell"]),
        (
            "An aide to Director of Works Obi Vell left.",
            ["An aide to Director of Works Obi Vell", "Works Obi Vell"],
            ["aide", "Obi Vell"],
        ),
        ("The Governor of New Low Vale left.", ["The Governor", "Low Vale"], ["Governor", "Low Vale"]),
        ("Secretary of Works Department Frank left.", ["Secretary", "Department"], ["Secretary", "Department"]),
    ],
)
def test_an_office_and_the_name_behind_it_are_one(text, found, called):
    assert [m.name for m in _merged(text, *((x, "person", "name") for x in found))] == called


@pytest.mark.parametrize(
    ("found", "called", "kind"),
    [
        ("Ossery’s governing party", "Ossery’s governing party", "organisation"),
        ("Ossery’s birthday party guests", "Ossery’s birthday party guests", "group"),
        ("Ossery dockers leaving town", "Ossery dockers leaving town", "group"),
        # nor by who is only told of
        ("The firm founded by Bo Ossery", "firm founded by Bo Ossery", "organisation"),
        ("Voters opposing Bo Ossery", "Voters opposing Bo Ossery", "group"),
        ("Lorvane-backed mayor Bo Ossery", "Bo Ossery", "person"),
    ],
)
def test_nobody_is_called_by_an_owner_alone(found, called, kind):
    (m,) = (m for m in _merged(f"{found} said so.", (found, "person", "nominal")) if m.end == len(found))
    assert (m.name, m.type) == (called, kind)


@pytest.mark.parametrize(
    ("text", "found", "kinds"),
    [
        ("They met hedge fund Ossery. Ossery sued.", ["hedge fund", "Ossery"],
         {"hedge fund": ("nominal", "organisation"), "Ossery": ("name", "organisation")}),
        ("Bo Ossery met us. They met hedge fund Ossery.", ["Bo Ossery", "Ossery"],
         {"Bo Ossery": ("name", "person"), "Ossery": ("name", "person")}),
        ("They met the firm Ossery left.", ["Ossery"], {"Ossery": ("name", "person")}),
        ("The shoe chain Ossery said no.", ["Ossery"], {"Ossery": ("name", "organisation")}),
        ("The shoe chain Ossery said no. Bo Ossery wept.", ["Ossery", "Bo Ossery"],
         {"Ossery": ("name", "person"), "Bo Ossery": ("name", "person")}),
        ("They fund Ossery.", ["Ossery"], {"Ossery": ("name", "person")}),
        ("They met shareholder Ossery.", ["Ossery"], {"Ossery": ("name", "person")}),
    ],
)  # fmt: skip
def test_what_a_noun_for_bodies_stands_ahead_of_is_a_body(text, found, kinds):
    merged = _merged(text, *((words, "person", "name") for words in found))
    assert {text[m.start : m.end]: (m.kind, m.type) for m in merged if m.kind != "pronoun"} == kinds


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Ms. Vell’s high court nominee, Judge Bo K. Lind", "Bo K. Lind"),
        ("Lorvane’s leader, former Judge Bo Lind", "Bo Lind"),
        ("Former deputy secretary of state Anna Rask", "Anna Rask"),
        ("a friend of Judge Bo Lind", "friend of Judge Bo Lind"),
    ],
)
def test_whoever_is_described_and_then_named_goes_by_the_name(words, name):
    (m, *_) = _merged(f"Dockers met {words}, on Monday.", (words, "person", "name"))
    assert m.name == name


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Two analysts, Bo Lind and Anna Rask, said that Mayor Tam Orr is a liar.", {"Bo Lind", "Anna Rask"}),
        ("Two analysts said that Mayor Tam Orr is a liar.", {"Two analysts"}),
    ],
)
def test_people_who_are_counted_and_then_named_act_each(reader, text, sources):
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    assert set(stances.query("probability > 0.2 and target == 'Tam Orr'")["source"]) == sources


@pytest.mark.parametrize(("words", "kept"), [("secretary of state", []), ("ruler of state", ["state"])])
def test_the_state_of_an_office_is_nobody(words, kept):
    text = f"They met the {words} on Monday."
    start = text.index("state")
    mention = FoundMention(start, start + 5, "person", "nominal", 0.9)
    assert [text[f.start : f.end] for f in outer_names(Text(text), [mention])] == kept


def test_people_are_a_group():
    text = "The Lorvane people want peace. People say so."
    merged = _merged(text, ("The Lorvane people", "person", "nominal"), ("People", "person", "name"))
    assert [(m.kind, m.type, m.plural) for m in merged] == [("nominal", "group", True)] * 2


def test_a_name_is_that_of_whom_it_tells_and_not_of_the_place_at_its_end():
    (m,) = _merged(
        "One diver who had backed Bo Ossery left.", ("One diver who had backed Bo Ossery", "person", "name")
    )[:1]
    assert m.name == "One diver"
    text = "He would ban Muslims entering the United States."
    (m,) = _merged(text, ("Muslims entering the United States", "person", "name"))[-1:]
    assert (m.name, m.type) == ("Muslims", "group")


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("“Governor, resign,” they said.", "Governor", ("nominal", "person")),
        ("Ona Judge won. “Judge, resign,” they said.", "Judge", ("name", "person")),
        ("Governor after governor left.", "Governor", ("name", "person")),
        ("They met the Vell campaign.", "the Vell campaign", ("nominal", "organisation")),
        ("The company said so.", "The company", ("nominal", "organisation")),
    ],
)
def test_offices_are_no_names_and_camps_no_people(text, words, kind):
    found = _merged(text, ("Ona Judge", "person", "name"), (words, "person", "nominal" if " " in words else "name"))
    assert kind in [(m.kind, m.type) for m in found if text[m.start : m.end] == words]


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("Bo Lind (R-Hollin), a critic of the mayor, left.", True),
        ("Bo Lind (D), a critic of the mayor, left.", True),
        ("Bo Lind, 43, a critic of the mayor, left.", True),
        ("Bo Lind, 43, left. A critic of the mayor stayed.", False),
        ("They met Bo Lind (the one who had fought for all of them), a critic of the mayor, and Tam Orr.", False),
    ],
)
def test_a_description_behind_a_seat_is_of_the_name_ahead_of_it(text, tied):
    mentions = _merged(text, ("Bo Lind", "person", "name"), ("(?i:a critic of the mayor)", "person", "nominal"))
    (m,) = (m for m in mentions if m.end - m.start > 20 and m.kind == "nominal")
    assert (m.antecedent is not None and mentions[m.antecedent].name == "Bo Lind") == tied


@pytest.mark.parametrize(
    ("text", "camps"),
    [
        ("Ona Vell spoke. They blamed the Vell campaign.", ["the Vell campaign"]),
        ("Ona Vell spoke. “The Vell campaign misled us,” they said.", ["The Vell campaign"]),
        ("Ona Vell spoke. The Vell campaign manager left.", []),  # who acts
        ("Ona Vell spoke. They gave to a Senate campaign.", []),  # nobody's
    ],
)
def test_the_camp_of_somebody_named_is_a_mention_of_its_own(text, camps):
    found = _merged(text, ("Ona Vell", "person", "name"), (r"\bVell", "person", "name"))
    assert [text[m.start : m.end] for m in found if m.role == "campaign"] == camps


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        # the pronoun at its end is not what a longer mention is
        (
            "Ona Vell left her staff throughout her term.",
            ("her staff throughout her", "person", "pronoun"),
            ["her", "her"],
        ),
        ("They fear those behind her.", ("those behind her", "person", "nominal"), ["They", "her"]),
        ("Ona Vell left. “Her rivals know,” he said.", ("Her", "person", "pronoun"), ["Her", "he"]),
    ],
)
def test_a_pronoun_is_a_mention_of_one_word(text, found, expected):
    mentions = _merged(text, found)
    assert [text[m.start : m.end] for m in mentions if m.kind == "pronoun"] == expected


@pytest.mark.parametrize(
    ("words", "kind", "called", "group"),
    [
        ("his running mate", "nominal", "his running mate", False),
        ("its ageing members", "nominal", "its ageing members", True),
        ("an awful lot of people", "nominal", "awful lot of people", True),
        ("a slew of Harbour leaders", "nominal", "slew of Harbour leaders", True),
        ("the host of the show", "nominal", "host of the show", False),
    ],
)
def test_what_a_description_is_called_and_whether_it_is_several_people(words, kind, called, group):
    text = f"They met {words}."
    (m,) = (m for m in _merged(text, (words, "person", "nominal")) if text[m.start : m.end] == words)
    assert (m.kind, m.name, m.type == "group") == (kind, called, group)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("The guild’s National Chairman", "nominal"),
        ("Its Director of Music", "nominal"),
        ("Ossery’s Emma Bishop", "name"),
        ("National Chairman", "name"),
    ],
)
def test_an_office_that_the_name_of_its_holder_follows_is_a_description(words, kind):
    found = _merged(f"{words}, Mr Bo Lind, left.", (words, "person", "name"), ("Mr Bo Lind", "person", "name"))
    assert kind in [m.kind for m in found if m.end == len(words)]


def test_the_camp_of_somebody_speaks_for_itself():
    text = "The Serrat campaign called the ad racist. Luz Serrat trails Deane."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False)
    assert analysis.quotes["speaker"].tolist() == ["Serrat campaign"]


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("He gave it to the town.", "to", []),
        ("Nor was it true.", "Nor", []),
        ("To be frank, we lost.", "frank", []),
        ("The F.B.I. director met us.", "I.", []),
        ("He met Joe Mann (D-W.Va.) there.", "Va", []),
        ("He met Bo Lind, and left.", "Bo Lind,", ["Bo Lind"]),
        ("He met [Bo Lind] there.", "[Bo Lind]", ["Bo Lind"]),
        ("He met Bo Lind and left.", "Bo Lind and", ["Bo Lind"]),
        ("He met Bo To there.", "To", ["To"]),
        ("The firm and union met.", "union", ["union"]),
        ("Whites voted with immigrants.", "immigrants", ["immigrants"]),
    ],
)
def test_words_that_are_no_noun_are_no_mention(text, found, kept):
    start = text.index(found)
    mention = FoundMention(start, start + len(found), "person", "name", 0.9)
    assert [text[f.start : f.end] for f in outer_names(Text(text), [mention])] == kept


def test_shares_of_voters_are_nobody_named():
    text = "Ona Vell spoke. For Bo Lind, 38% of voters would be glad. Of his friends, 12 percent, say the mayor lied."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False)
    shares = analysis.mentions[analysis.mentions["text"].str.contains("%|percent")]
    assert len(shares) and not set(shares["actor"]) & {"Ona Vell", "Bo Lind"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("The poll found 66 percent of likely voters against it.", ["likely voters"]),
        ("Here 6 in 10 voters stayed at home.", ["voters"]),
        ("A majority of the voters stayed at home.", ["voters"]),
        ("Just 40 percent of voters stayed at home.", ["40 percent of voters"]),
        ("Fewer than half of the voters stayed at home.", []),
        ("She echoed security experts who doubt it.", ["security experts"]),
        ("It went to the Board of Governors who meet in Hollin.", []),
        ("She met voters in Hollin.", []),
    ],
)
def test_groups_of_whom_it_is_told_how_many_they_are_or_what_they_do(text, called):
    assert [m.name for m in _merged(text) if m.kind != "pronoun"] == called


@pytest.mark.parametrize("word", ["Some", "Many", "Others"])
def test_who_has_no_name_is_called_by_none(word):
    (m,) = _merged(f"{word} left early.", (word, "person", "name"))
    assert m.kind == "nominal"


@pytest.mark.parametrize("pronoun", ["He", "They", "It"])
def test_a_pronoun_with_a_capital_within_a_sentence_is_no_name(pronoun):
    text = f"Vell said that ‘‘nobody knows.’’  {pronoun} left."
    (m,) = [m for m in find_mentions(Text(text)) if text[m.start : m.end] == pronoun]
    assert m.kind == "pronoun"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Arkansas has a lake.", "Arkansas", "place"),
        ("Russia denied it.", "Russia", "organisation"),
        ("They met in Russia.", "Russia", "place"),
        ("The Harbour Act failed.", "Harbour Act", "place"),
        ("He once praised NAFTA.", "NAFTA", "place"),
        ("Martin Washington left. Washington wept.", "Washington(?= wept)", "person"),
        ("Senator Washington left.", "Senator Washington", "person"),
        ("Hurricane Ossa hit the coast.", "Hurricane Ossa", "place"),
        ("Storm Nora hit the coast.", "Storm Nora", "place"),  # of a first name
        ("Report author Nora hit back.", "Report author Nora", "person"),
    ],
)
def test_listed_places_and_things_are_nobody(text, name, kind):
    found = _merged(text, (name, "person", "name"), ("Martin Washington", "person", "name"))
    assert found[-1].type == kind


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("She told the Ossery, which printed it.", "Ossery", "organisation"),
        ("The Ossery’s puzzle is hard. Ossery shut.", "Ossery", "organisation"),
        ("He read the Ossery Star.", "Ossery Star", "organisation"),
        ("It was the Osserys who paid.", "Osserys", "group"),
        ("Then the Ossery campaign began.", "Ossery", "person"),
        ("Ossery spoke. Ossery left. Ossery was the Ossery of old.", "Ossery", "person"),
        ("We met the Ossery and Vell families.", "Ossery", "person"),
        ("Nobody likes the Ossan.", "Ossan", "person"),  # somebody from Ossa
        ("Nobody likes the Vice Governor.", "Vice Governor", "person"),
        ("Nobody likes the estate mogul.", "estate mogul", "person"),
        ("Ona Ossery left. Friends of the Ossery of old wept.", "Ossery(?= of)", "person"),
        ("They say Osserians left.", "Osserians", "group"),
        ("Ona Osserians left. Osserians wept.", "Osserians(?= wept)", "person"),
        ("They say Plain Speech won.", "Plain Speech", "organisation"),
        ("They say Rose Speech won.", "Rose Speech", "person"),  # a first name
        ("They say Ossery Foods won.", "Ossery Foods", "organisation"),
        ("They say Rose Foods won.", "Rose Foods", "person"),
        ("They say Ossery Foods won. Foods wept.", "Foods(?= wept)|Ossery Foods", "person"),
        ("St Osser’s shut its doors.", "St Osser", "organisation"),
        ("They say Fort Osser fell.", "Fort Osser", "place"),
        ("They say Plain Governor won.", "Plain Governor", "person"),
        ("They say Plain Ossery won.", "Plain Ossery", "person"),
        ("Mr Plain Speech won.", "Mr Plain Speech", "person"),
    ],
)
def test_a_name_that_is_written_as_nobodys_is_a_body(text, name, kind):
    found = _merged(text, (name, "person", "name"), ("Ona Osser(?:y|ians)", "person", "name"))
    assert found[-1].type == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quill Energy sued. Quill won.", {("Quill Energy", "organisation")}),
        ("Quill Energy sued. Quill Foods won. Quill lost.",
         {("Quill Energy", "organisation"), ("Quill Foods", "organisation"), ("Quill", "person")}),
        ("Bo Quill founded Quill Energy. Quill won.",
         {("Bo Quill", "person"), ("Quill Energy", "organisation"), ("Quill", "person")}),
        ("Quill Energy sued. Quill, who won, wept.", {("Quill Energy", "organisation"), ("Quill", "person")}),
        ("Quill Networks sued. Quill won.", {("Quill Networks", "organisation")}),
        ("Quill Networks sued. Dockers met in Quill. Quill won.",
         {("Quill Networks", "organisation"), ("Quill", "place")}),
    ],
)  # fmt: skip
def test_a_firm_is_also_meant_by_the_first_word_of_its_name_unless_it_is_somebodys(text, expected):
    found = _merged(text, (r"(?:Bo )?Quill(?: Energy| Foods| Networks)?", "person", "name"))
    assert {(m.name, m.type) for m in found} == expected


@pytest.mark.parametrize(
    ("text", "kind", "whole"),
    [
        ("Bo Lind, QC, spoke.", "person", "Bo Lind, QC"),
        ("Bo Lind OBE spoke.", "person", "Bo Lind OBE"),
        ("Bo Lind, QC-led, spoke.", "person", "Bo Lind"),
        ("Bo Lind, Inc., spoke.", "organisation", "Bo Lind, Inc."),
        ("Bo Lind, Inc. spoke.", "person", "Bo Lind"),
        ("Bo Lind Ltd spoke.", "organisation", "Bo Lind Ltd"),
        ("Bo Lind Ltdon spoke.", "organisation", "Bo Lind"),
    ],
)
def test_what_is_written_behind_a_name_belongs_to_it(text, kind, whole):
    suffix = whole.removeprefix("Bo Lind").lstrip(" ,")
    found = [("Bo Lind", kind, "name"), *([(re.escape(suffix), "organisation", "name")] if suffix else [])]
    (m,) = _merged(text, *found)
    assert text[m.start : m.end] == whole
    assert m.name == "Bo Lind"


@pytest.mark.parametrize(
    ("found", "kind", "expected"),
    [
        ("Emma Lind MSP", "organisation", ("Emma Lind", "person")),
        ("Ossa Lind TD", "person", ("Ossa Lind", "person")),
        ("Ossa Lind MSP", "person", ("Ossa Lind", "person")),
        ("Ms Ossa Marsh MEP", "person", ("Ossa Marsh", "person")),
        ("Rt Hon Sir Ossa Marsh MP", "person", ("Ossa Marsh", "person")),
        ("Ossa Ferry MP", "organisation", ("Ossa Ferry MP", "organisation")),
        ("Lind MP", "person", ("Lind MP", "person")),
        ("Low Ossa MP", "person", ("Low Ossa MP", "person")),
    ],
)
def test_members_of_parliament_are_called_without_their_letters(found, kind, expected):
    (m,) = _merged(f"Nobody met {found} there.", (found, kind, "name"))
    assert (m.name, m.type) == expected


@pytest.mark.parametrize(
    ("text", "found", "called"),
    [
        ("The All-Vale Weavers’ Front left.", "The All-Vale Weavers’ Front", "All-Vale Weavers’ Front"),
        ("Plain Watch left.", "Plain Watch", "Plain Watch"),
        ("The Republic of Ossery left.", "The Republic of Ossery", "Republic of Ossery"),
        ("Now rebel Police left.", "rebel Police", "Police"),
        ("Ossery’s Guild left.", "Ossery’s Guild", "Guild"),
        ("Now Freight Canada left.", "Freight Canada", "Freight Canada"),
        ("Western Canada left.", "Western Canada", "Canada"),
        ("Now Ossery’s Canada left.", "Ossery’s Canada", "Canada"),
    ],
)
def test_a_body_is_not_called_by_a_common_word_of_its_name(text, found, called):
    assert called in [m.name for m in _merged(text, (found, "organisation", "name"))]


@pytest.mark.parametrize(
    ("text", "found", "kind", "called"),
    [
        ("She founded a super PAC.", "a super PAC", "nominal", "super PAC"),
        ("His super PACs paid for it.", "His super PACs", "nominal", "His super PACs"),
        ("Now the Quiet Harbour PAC paid for it.", "the Quiet Harbour PAC", "name", "Quiet Harbour PAC"),
    ],
)
def test_a_pac_without_a_name_is_called_by_none(text, found, kind, called):
    (m,) = (m for m in _merged(text, (found, "organisation", "name")) if m.end == text.index(found) + len(found))
    assert (m.kind, m.name) == (kind, called)


def test_the_first_word_of_a_sentence_is_part_of_a_name_that_stands_elsewhere():
    text = "Plain Speech won. Everybody knew that Plain Speech would win. Blue Speech lost."
    merged = _merged(text, ("Plain Speech", "organisation", "name"), ("Blue Speech", "organisation", "name"))
    assert [m.name for m in merged] == ["Plain Speech", "Plain Speech", "Speech"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Users of X left it.", ["X"]),
        ("The J&W benches laughed at Orr.", ["Orr"]),
        ("Judge C. Orr left.", ["Orr"]),
    ],
)
def test_an_initial_is_nobody(text, named):
    found = [(r"\b[XJWC]\b", "organisation", "name"), ("Orr", "person", "name")]
    assert [m.name for m in _merged(text, *found) if m.kind == "name"] == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("It was hers, and on the quay Ossan Lindal broke it once.", ["Ossan Lindal"]),
        ("There is Ossan Lindal, who could win.", ["Ossan Lindal"]),
        ("It rained near Ossan Lindal, who slept.", []),
        ("All of the Ossan Lindal held.", []),
    ],
)
def test_a_rare_name_that_the_model_overlooks_is_that_of_who_does_something(text, named):
    assert [m.name for m in _merged(text) if m.kind == "name"] == named


def test_a_doubtful_name_with_what_is_told_of_it_is_a_name_by_itself():
    text = "They met Ossan Lindal, who could be gone by May."
    found = FoundMention(text.index("Ossan"), len(text) - 1, "person", "name", 0.2)
    (m,) = (m for m in merge_mentions(Text(text), find_mentions(Text(text)), [found]) if m.kind == "name")
    assert (m.name, text[m.start : m.end]) == ("Ossan Lindal", "Ossan Lindal")


def test_a_couple_is_no_body():
    (m,) = _merged("Emma and Frank Vell sang.", ("Emma and Frank Vell", "person", "name"))[:1]
    assert m.type == "person"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Prices rose in Ossery. Ossery has one shop.", "place"),
        ("OSSERY, May 3 (RLV) - The council met. The mayor of Ossery spoke.", "place"),
        ("OSSERY — The council met.", "place"),
        ("She was re-elected for Ossery. Ossery has one shop.", "place"),
        ("There is one who could be running Ossery in May.", "place"),
        ("They all voted for Ossery. Ossery thanked them.", "person"),
        ("“There is no faith in Ossery,” she said.", "person"),
        ("Confidence in “Ossery” fell.", "person"),
        ("The error lies in Ossery’s figures.", "person"),
        ("She saw an ally in Ossery. Ossery thanked her, and Ossery left.", "person"),
        ("They met in Mr Ossery.", "person"),
        ("OSSERY SHOUTS AT COUNCIL\n\nThe council met.", "person"),
    ],
)
def test_a_rare_name_is_a_place_where_it_mostly_stands_like_one(text, kind):
    found = [m for m in _merged(text, ("(?i:Ossery)", "person", "name")) if "ossery" in m.name.lower()]
    assert {m.type for m in found} == {kind}


@pytest.mark.parametrize(
    ("text", "called"),
    [("All 1,100 men left.", "1,100 men"), ("The 14,200 members of the guild met.", "14,200 members of the guild")],
)
def test_a_number_is_not_cut_at_its_comma(text, called):
    words = text[text.index(called.split()[0]) :].rsplit(" ", 1)[0]
    (m,) = (m for m in _merged(text, (words, "person", "nominal")) if text[m.start : m.end] == words)
    assert m.name == called


@pytest.mark.parametrize(
    ("text", "content", "kept"),
    [
        ("Aides said she trusted Lind. President Vell left.", "she trusted Lind. President", "she trusted Lind."),
        ("Orr said it was late. It was cold. Nobody came.", "it was late. It was cold.", "it was late. It was cold."),
        ("Orr voted against the plan.", "the", None),
    ],
)  # fmt: skip
def test_content_ends_with_its_sentence(text, content, kept):
    at = text.index(content)
    found = _in_sentences(Text(text), FoundAttribution([], [], [(at, at + len(content))], 0.9)).content
    assert [text[a:b] for a, b in found] == ([kept] if kept else [])


@pytest.mark.parametrize(
    ("text", "cue", "content", "kept"),
    [
        # a headline ahead of it, and a paragraph behind it, are no part of what is said
        ("Burglar rules out\n\nShops may close, a study says.", "says", "rules out\n\nShops may close",
         ["Shops may close"]),
        ("Greens: we will vote no\n\nBig news today.", ":", "we will vote no\n\nBig news", ["we will vote no"]),
        # nothing of a report is said in its heading
        ("Orr row explained\n\nThe Guild knew of it.", "explained", "The Guild knew of it.", []),
        ("Orr row explained\n\n“We knew of it.”", "explained", "“We knew of it.”", ["“We knew of it.”"]),
        # but a list that is announced, and words in marks, are
        ("Vell said these must go:\n\nThe levy and the pier.", "said", "these must go:\n\nThe levy",
         ["these must go:", "The levy"]),
        ("Vell said it was late.\n\n“It was cold.”", "said", "it was late.\n\n“It was cold.”",
         ["it was late.", "“It was cold.”"]),
        # where nobody knows whose paragraph it is, all stays
        ("Ships\n\nSail on", "says", "Ships\n\nSail", ["Ships\n\nSail"]),
    ],
)  # fmt: skip
def test_content_stays_in_the_paragraph_of_its_cue(text, cue, content, kept):
    a, at = text.find(cue), text.index(content)
    found = FoundAttribution([], [(a, a + len(cue))] if a >= 0 else [], [(at, at + len(content))], 0.9)
    marked = Cover([(text.find("“"), text.find("”"))])
    assert [text[s:t] for s, t in _in_paragraphs(Text(text), found, marked).content] == kept


@pytest.mark.parametrize(
    ("text", "speakers", "attacks"),
    [
        ("Lisbon accused Athens of blocking the loan.", ["Lisbon"], [["Lisbon", "Athens"]]),
        ("Denmark accused Iran of spying.", ["Denmark"], [["Denmark", "Iran"]]),
        ("Tehran, a close ally of Kestria, accused Orr Foods of lying.", ["Tehran"], [["Tehran", "Orr Foods"]]),
        ("Bo Orr condemned Russia and Iran.", ["Bo Orr"], [["Bo Orr", "Russia"], ["Bo Orr", "Iran"]]),
        ("Cuba and Peru said they would talk.", ["Cuba"], []),
        ("Riyadh denounced Brussels for the delay.", ["Riyadh"], [["Riyadh", "Brussels"]]),
        # but who lives, works or plays there, and what happens there, is no government
        ("Vienna nurses said they were tired.", ["Vienna nurses"], []),
        ("In Vienna, Bo Lindqvist said he was tired.", ["Bo Lindqvist"], []),
        ("Bo Lindqvist criticised Vienna doctors.", ["Bo Lindqvist"], [["Bo Lindqvist", "Vienna doctors"]]),
    ],
)
def test_states_and_capitals_that_speak_or_are_blamed_are_governments(reader, text, speakers, attacks):
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
    assert analysis.quotes["speaker"].tolist() == speakers
    found = analysis.stances.query("polarity == 'negative' and probability > 0.5")
    assert found[["source", "target"]].values.tolist() == attacks


def test_words_in_marks_are_one_row_although_a_cue_follows_in_the_next_sentence():
    text = "Rep. Skip Mabry said Corrigan had “stabbed his colleagues in the back.” He later said that it was over."
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), progress=False).quotes
    assert sum("stabbed" in words for words in quotes["text"]) == 1


WHOSE = [
    # not of one whose cue is behind another speaker's
    ("“We are late,” said Pia Holt.\n\n“The pier is lost,” said Colin Deasy, who keeps it. “Nobody has paid for it.”",
     [("Pia Holt", "said", ["We are late", "The pier is lost", "Nobody has paid for it"]),
      ("Colin Deasy", "said Colin", ["The pier is lost"])],
     [("Pia Holt", ["We are late,"]), ("Colin Deasy", ["The pier is lost,", "Nobody has paid for it."])]),
    # who asks may stand between
    ("“We are late,” said Pia Holt.\n\nHad anybody paid, Colin Deasy asked?\n\n“Nobody has paid for it.”",
     [("Pia Holt", "said", ["We are late", "Nobody has paid"]), ("Colin Deasy", "asked", ["Had anybody paid"])],
     [("Pia Holt", ["We are late,", "Nobody has paid for it."]), ("Colin Deasy", ["Had anybody paid"])]),
    # of two that hold it, the one whose cue is nearer; the other keeps the rest
    ("Pia Holt said the pier was lost.\n\n“Nobody paid,” said Colin Deasy.",
     [("Pia Holt", "said", ["the pier was lost", "Nobody paid"]), ("Colin Deasy", "said Colin", ["Nobody paid"])],
     [("Pia Holt", ["the pier was lost"]), ("Colin Deasy", ["Nobody paid,"])]),
    # a name with a cue of its own, where the model has found the speaker
    ("Pia Holt said that the pier had been “a heap of rust for years” and Colin Deasy knows it.",
     [("Pia Holt", "said", ["that the pier had been “a heap of rust for years"])],
     [("Pia Holt", ["that the pier had been “a heap of rust for years"])]),
    # who relays what another said has it too
    ("“Nobody paid,” Pia Holt said on Monday, according to the Argus.",
     [("the Argus", "according to", ["“Nobody paid,” Pia Holt said on Monday"])],
     [("the Argus", ["“Nobody paid,” Pia Holt said on Monday"]), ("Pia Holt", ["Nobody paid,"])]),
    # what is left without a source and without its quotation is nothing
    ("“We are late,” said Pia Holt, naming the 1 percent, “and nobody paid.”",
     [("Pia Holt", "said", ["We are late", "and nobody paid"]), ("", "naming", ["the 1 percent, “and nobody paid"])],
     [("Pia Holt", ["We are late,", "and nobody paid."])]),
    # what a line announces that names nobody
    ("“We are late,” said Pia Holt.\n\nTranscript as follows:\n\n“Nobody has paid for it. The pier is lost.”\n\nIt is.",
     [("Pia Holt", "said", ["We are late"])],
     [("Pia Holt", ["We are late,"]), ("Pia Holt", ["Nobody has paid for it. The pier is lost."])]),
    # who says something says what they add
    ("“We are late,” Pia Holt said, adding that nobody had paid.",
     [("Pia Holt", "said", ["We are late"]), ("", "adding", ["that nobody had paid"])],
     [("Pia Holt", ["We are late,"]), ("Pia Holt", ["that nobody had paid"])]),
    # the same words by two cues are told of once
    ("Pia Holt did, over lunch, say nobody had paid.",
     [("", "say", ["nobody had paid"]), ("Pia Holt", "did", ["nobody had paid"])],
     [("Pia Holt", ["nobody had paid"])]),
    # but not what comes of it
    ("“We are late,” Pia Holt said on Monday, leaving doubts about the pier.",
     [("Pia Holt", "said", ["We are late"]), ("", "doubts about", ["the pier"])],
     [("Pia Holt", ["We are late,"]), (None, ["the pier"])]),
    # but not where each speaker has a label
    ("“We are late,” said Pia Holt.\n\nTranscript as follows:\n\n“DEASY: Has nobody paid for it, Ms Holt?”\n\nIt is.",
     [("Pia Holt", "said", ["We are late"])],
     [("Pia Holt", ["We are late,"]), (None, ["DEASY: Has nobody paid for it, Ms Holt?"])]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found", "expected"), WHOSE)
def test_whose_a_quotation_is_of_several_that_the_model_found(text, found, expected):
    def place(words):
        at = text.index(words)
        return at, at + len(words)

    attributions = [
        FoundAttribution([place(who)] if who else [], [place(cue)], [place(words) for words in content], 0.9)
        for who, cue, content in found
    ]
    reading = Reading(Text(text), find_quotations(Text(text)))
    by_rule = attribute_quotations(reading.text, reading.quotations, find_mentions(reading.text))
    merged = merge_attributions(reading, by_rule, attributions)
    who = [text[slice(*a.source)] if a.source else None for a in merged]
    assert [(w, [text[s:t] for s, t in a.content]) for w, a in zip(who, merged, strict=True)] == expected


def test_words_of_another_paragraph_are_whose_they_are_there():
    text = Text("Orr said it was late.\n\nVell called it “a farce”, and left.\n\n“It was,” he said.")
    late, farce, was = ((text.text.index(w), text.text.index(w) + len(w)) for w in ("it was late", "a farce", "It was"))
    cue = lambda word: (text.text.index(word), text.text.index(word) + len(word))  # noqa: E731
    orr = Attribution((late, farce, was), (0, 3), cue("said"))
    vell = Attribution((farce,), cue("Vell"), cue("called"))
    assert [a.content for a in _apart(text, [orr, vell])] == [(late, was), (farce,)]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Asked whether the council had cheated, Mayor Ina Moss said: “We told the truth.”", [None, "Ina Moss"]),
        ("When pressed on how long it would last, Ms Moss replied that she had no idea.", [None, "Moss"]),
        ("Asked by Bo Lindqvist whether the council had cheated, Ms Moss left.", ["Bo Lindqvist"]),
    ],
)
def test_what_somebody_is_asked_they_do_not_say(reader, text, speakers):
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).quotes
    assert [name if isinstance(name, str) else None for name in quotes["speaker"]] == speakers


def test_a_day_is_nobody():
    text = "Ona Vell called Friday’s vote a win. Friday is near."
    assert [m.name for m in _merged(text, ("Ona Vell", "person", "name"), ("Friday", "person", "name"))] == ["Ona Vell"]


def test_whom_a_letter_calls_sir_is_nobody():
    text = "Sir, The mayor was wrong. Nobody, sir, asked Sir Ona Vell."
    found = ("Sir(?=,)", "person", "name"), ("sir", "person", "nominal"), ("Sir Ona Vell", "person", "name")
    assert [m.name for m in _merged(text, *found) if m.kind == "name"] == ["Ona Vell"]
    assert not any(text[m.start : m.end].lower() == "sir" for m in _merged(text, *found))


def test_numbers_of_16_bits_are_widened_as_numpy_does_it():
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    np.testing.assert_array_equal(_widened(halves).view(np.int32), halves.astype(np.float32).view(np.int32))


@pytest.mark.parametrize(
    ("text", "governments"),
    [
        ("Critics say that Japan is blocking the port.", ["Japan"]),
        ("He claims Mexico has used the crisis. Chile should pay.", ["Mexico", "Chile"]),
        ("The case was filed by Chile and Peru.", ["Chile", "Peru"]),
        ("The plan drew criticism from Berlin, Paris and Oslo.", ["Berlin", "Paris", "Oslo"]),
        ("Orr pressed Chile to act and threatened Peru.", ["Chile", "Peru"]),
        ("Orr wants sanctions on Peru and tariffs on Japan.", ["Peru", "Japan"]),
        ("Orr wants a museum on Peru and lectures on Japan.", []),
        ("The road from Chile has crumbled. The border with Peru will close.", []),
        ("Peru has a coast, and Chile is a country.", []),
        ("Ships are backed by Chile’s banks. The judge was confirmed by the Chile Senate.", []),
    ],
)
def test_states_that_act_or_are_judged_are_governments(text, governments):
    merged = _merged(text, ("Japan|Mexico|Chile|Peru|Berlin|Paris|Oslo", "place", "name"))
    assert [m.name for m in merged if m.type == "organisation" and m.name != "Senate"] == governments


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Robert and Clara Vell left.", ["Robert Vell", "Clara Vell"]),
        ("Robert and Clara Vell left, and so did Clara Orr.", ["Robert Vell", "Clara Vell", "Clara Orr"]),
        ("Robert Orr spoke. Robert and Clara Vell left.", ["Robert Orr", "Robert", "Clara Vell"]),
        ("Ada Robert spoke. Robert and Clara Vell left.", ["Ada Robert", "Robert", "Clara Vell"]),
        ("Robert and Clara Vell met. Robert was silent.", ["Robert", "Clara Vell", "Robert"]),  # it may be a surname
        ("Robert met Clara Vell.", ["Robert", "Clara Vell"]),
    ],
)
def test_who_is_named_with_a_relative_shares_the_surname(text, called):
    found = ("(?:Robert Orr|Ada Robert|(?<!Ada )Robert(?! Orr)|Clara Vell|Clara Orr)", "person", "name")
    assert [m.name for m in _merged(text, found)] == called


@pytest.mark.parametrize(
    ("text", "campaigns"),
    [
        ("Vell’s campaign said no, and Orr attacked the Vell campaign.", ["Vell’s campaign", "the Vell campaign"]),
        ("Orr sued Mr. Vell's campaign.", ["Mr. Vell's campaign"]),
        ("Nobody slept during Vell’s campaign. The Vell campaign manager left.", []),
        ("Vell campaign signs were stolen.", []),
    ],
)
def test_the_campaign_of_somebody_is_a_body_unless_it_is_but_a_time(text, campaigns):
    merged = _merged(text, ("(?:Mr\\. )?Vell", "person", "name"))
    assert [text[m.start : m.end] for m in merged if m.type == "organisation"] == campaigns


@pytest.mark.parametrize(
    ("source", "who"),
    [
        ("one former aide who left Ona Vell in May", "one former aide"),
        ("a Harbour strategist who asked not to be named", "a Harbour strategist"),
        ("the report that Ona Vell wrote", None),
        ("Ona Vell, a nurse who left in May", None),  # is somebody already
    ],
)
def test_who_is_quoted_is_somebody_whatever_is_told_of_them(source, who):
    text = Text(f"“It failed,” said {source}.")
    at = text.text.index(source)
    vell = text.text.find("Ona Vell")
    found = [FoundMention(vell, vell + 8, "person", "name", 0.9)] if vell > 0 else []
    merged = merge_mentions(text, find_mentions(text), found, [(at, at + len(source))])
    begins = [text.text[m.start : m.end] for m in merged if m.start == at and m.name != "Ona Vell"]
    assert begins == ([] if who is None else [who])


def test_a_name_ends_where_it_runs_on_into_the_next_sentence():
    text = "Donors include Ona Vell, who chairs the board. Others left the mayor who sat there. They met."
    found = [("Ona Vell, who chairs the board\\. Others", "person", "name"),
             ("the mayor who sat there\\. They", "person", "nominal")]  # fmt: skip
    assert [text[m.start : m.end] for m in _merged(text, *found) if m.kind != "pronoun"] == ["Ona Vell"]


def test_a_full_name_behind_an_office_is_somebody_whom_the_model_overlooks():
    assert [m.name for m in _merged("The deputy editor Odile Marrowby spoke.")] == ["Odile Marrowby"]
    assert _merged("The deputy by Odile Marrowby spoke.") == []
    assert [m.name for m in _merged("Mr Marrowby, who now works in Hollin, spoke.")] == ["Marrowby"]
    assert _merged("Marrowby, who now works in Hollin, spoke.") == []


def test_who_holds_an_office_of_a_place_is_no_place():
    text = "Lorvane Gov. Bo Lind left. The ferry Lady Bo Lind sank."
    merged = _merged(text, ("Lorvane Gov. Bo Lind", "place", "name"), ("Lady Bo Lind", "place", "name"))
    assert [m.type for m in merged] == ["person", "place"]


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("Mothers for Clean Water", True),
        ("Ministers for Health", False),
        ("Lawyers for Ona Vell", False),
        ("Mothers for Ona Vell", False),
    ],
)
def test_people_for_a_cause_are_a_body(words, body):
    (m,) = (m for m in _merged(f"In a letter, {words} said so.", (words, "person", "name")) if m.start == 13)
    assert ((m.kind, m.type, m.name) == ("name", "organisation", words)) is body


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Ona Vell lied. “No,” @RepOnaVell wrote.", "Ona Vell"),
        ("Quillway Ferries lied. “No,” @quillway_ferries wrote.", "Quillway Ferries"),
        ("Ona Vell lied. “No,” @FansOfOnaVell wrote.", "@FansOfOnaVell"),
    ],
)
def test_a_handle_is_whose_name_it_holds(text, calls):
    found = (("Ona Vell", "person", "name"), ("Quillway Ferries", "organisation", "name"), (r"@\w+", "person", "name"))
    (m,) = (m for m in _merged(text, *found) if text[m.start] == "@")
    assert m.name == calls


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("“They died, Mr. Director, in vain,” he said.", [("Mr. Director", "nominal")]),
        ("They died, Mr. Director of Ossery said.", [("Mr. Director", "name")]),
        ("“They died. Mr. Director, resign,” he said.", [("Mr. Director", "nominal")]),
        ("Ona Director wept. “They died, Mr. Director, in vain,” he said.", [("Mr. Director", "name")]),
    ],
)
def test_somebody_is_called_by_an_office_behind_mr(reader, text, kinds):
    said = "“Nineteen people are dead, Mr. Director, and you laugh,” Ona Vell told the director, Bo Lind."
    mentions = nl.analyze(pd.DataFrame({"text": [said]}), reader=reader, progress=False).mentions
    assert mentions.loc[mentions["text"] == "Mr. Director", "actor"].tolist() == ["Bo Lind"]
    merged = _merged(text, (r"Mr\. Director", "person", "name"), ("Ona Director", "person", "name"))
    assert [(text[m.start : m.end], m.kind) for m in merged if m.kind != "pronoun" and "Ona" not in m.name] == kinds


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ("officials such as the mayor", "officials"),
        ("drivers and pilots alike", "drivers and pilots"),
        (
            "other former harbour officers with no direct knowledge of the case but with experience of war",
            "other former harbour officers",
        ),
        ("officers with direct knowledge of the case", "officers with direct knowledge of the case"),
    ],
)
def test_a_description_is_not_called_by_what_is_added(words, called):
    text = f"We met {words}."
    assert [m.name for m in _merged(text, (words, "person", "nominal")) if m.kind == "nominal"] == [called]
