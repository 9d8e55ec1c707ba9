"""The scripts that train the reading model: labels from hand coding, and a training of eight steps (where torch is)."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import newslab as nl
import newslab.model.judging as bundled
from newslab.model.encoder import FILES, WEIGHTS, Encoder, tokenize
from newslab.model.heads import Heads
from newslab.model.judging import Window
from newslab.text import Text

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "seeds" / "18-chain-and-mutual-attacks"


@pytest.fixture(scope="module")
def training():
    sys.path.insert(0, str(ROOT / "training"))
    yield
    sys.path.remove(str(ROOT / "training"))


def test_hand_coding_labels_places(training):
    from supervise import supervise

    text = SEED.with_suffix(".txt").read_text(encoding="utf-8")
    gold = json.loads(SEED.with_suffix(".json").read_text(encoding="utf-8"))
    made = supervise(nl.Reader("rules").read(Text(text)), gold)
    labels = [p[-1] for p in made["pairs"]]
    assert set(labels) <= {0, 1, 2} and 1 in labels and 0 in labels
    backed = {(e["source"], e["target"]) for e in gold["edges"] if e["polarity"] == "positive"}
    for a, b, c, d, y in made["pairs"]:
        assert 0 <= a < b <= len(text) and 0 <= c < d <= len(text) and (a, b) != (c, d)
        assert y != 2 or backed
    assert all(y in (0, 1, 2) for *_, y in made["targets"])


def test_own_codings_hold_places_and_no_text(training):
    import codings

    rows = [json.loads(line) for line in codings.OWN.read_text(encoding="utf-8").splitlines()]
    assert len({row["article"] for row in rows}) == len(rows)
    for row in rows:
        places = [x for name, _, *aliases in row["actors"] for x in (name, *aliases)]
        places += [x for _, _, _, _, *evidence in row["edges"] for x in evidence]
        assert all(len(x) < 80 if isinstance(x, str) else 0 <= x[0] < x[1] for x in places)
        for source, target, polarity, clarity, *_ in row["edges"]:
            assert source != target and max(source, target) < len(row["actors"])
            assert polarity in ("negative", "positive") and clarity in ("clear", "arguable")


def test_codings_become_words_again(training, tmp_path, monkeypatch):
    import codings

    text = "Ona Vell attacked the Harbour Party. “They are thieves,” Vell said."
    row = {
        "article": "one",
        "actors": [[[0, 8], "person", [57, 61]], [[22, 35], "organisation", "the party"]],
        "edges": [[0, 1, "negative", "clear", [9, 35], [38, 55]]],
    }
    (tmp_path / "own.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(codings, "OWN", tmp_path / "own.jsonl")
    coded = codings.own_set(tmp_path)["one"][0]
    assert [(a["name"], a["aliases"]) for a in coded["actors"]] == [
        ("Ona Vell", ["Vell"]),
        ("Harbour Party", ["the party"]),
    ]
    edge = coded["edges"][0]
    assert (edge["source"], edge["target"]) == ("Ona Vell", "Harbour Party")
    assert edge["evidence"] == ["attacked the Harbour Party", "They are thieves,"]


def test_brat_files_are_read_with_all_pieces(training, tmp_path):
    from prepare import read_brat

    text = "“We lost,” said Vell, “badly.”"
    (tmp_path / "a.ann").write_text(
        "T1\tSource 16 20\tVell\nT2\tCue 11 15\tsaid\nT3\tContent 0 10;22 30\t“We lost,” “badly.”\n"
        "E1\tCue:T2 Source:T1 Content:T3\n",
        encoding="utf-8",
    )
    (found,) = read_brat(tmp_path / "a.ann", text, {"differs from .ann text": 0})
    assert [text[a:b] for a, b in found["content"]] == ["“We lost,”", "“badly.”"]
    assert [text[a:b] for a, b in found["source"]] == ["Vell"]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """A handful of examples of each task, in the form that prepare.py writes."""
    folder = tmp_path_factory.mktemp("examples")
    text = "Ona Vell said that Tam Orr had lied. “Bo Lind is brave,” she told us. " * 30
    said = [{"source": [[0, 8]], "cue": [[9, 13]], "content": [[14, 35]]},
            {"source": [[56, 59]], "cue": [[60, 64]], "content": [[37, 55]]}]  # fmt: skip
    article = {
        "id": "a", "text": text, "attributions": said, "actors": [{"name": "Ona Vell", "type": "person"}],
        "mentions": [[0, 8, 0]], "pairs": [[0, 8, 19, 26, 1], [19, 26, 0, 8, 0]], "targets": [[19, 26, 1], [38, 45, 2]],
    }  # fmt: skip
    mentions = [[0, 8, "person", "name", 0], [19, 26, "person", "name", 1], [56, 59, "person", "pronoun", 0]]
    rows = {
        "articles_train": [article] * 2,
        "gum": [{"id": "g", "split": "train", "text": text, "mentions": mentions}] * 2,
        "dse_train": [{"text": text[:35], "p": [0, 8], "q": [19, 26], "label": k} for k in (3, 0)],
        "newsmtsc": [{"id": "n", "split": "train", "text": text[:35], "targets": [[19, 26, 1]]}] * 2,
        "gap_train": [{"text": text[:60], "pronoun": [56, 59], "names": [[0, 8, True], [19, 26, False]]}] * 2,
    }
    for name, lines in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in lines), encoding="utf-8")
    return folder


def test_eight_steps_and_an_export_that_reads(training, examples, tmp_path):
    torch = pytest.importorskip("torch", reason="only newslab[train] has torch")
    pytest.importorskip("onnx")

    def run(script, *args):
        subprocess.run([sys.executable, ROOT / "training" / script, *map(str, args)], check=True, cwd=ROOT)

    run("train.py", examples, tmp_path / "run", "--smoke", "--tokens", 512, "--layers", 2)
    from model import Judge

    torch.manual_seed(3)
    judge = Judge(layers=2).eval()
    torch.save(judge.state_dict(), tmp_path / "judge.pt")
    weights = ("--model", tmp_path / "run" / "model.pt", "--encoder", WEIGHTS, "--judge", tmp_path / "judge.pt")
    run("export.py", examples, *weights, "--out", tmp_path / "out", "--float")
    assert {f.name for f in (tmp_path / "out").iterdir()} == set(FILES)
    encoder = Encoder(tmp_path / "out")
    text = "“We lost,” said Ona Vell. She blamed Tam Orr."
    (e,) = encoder.encode([text])
    heads = Heads(encoder.weights, encoder.config)

    from model import ReadingModel

    model = ReadingModel(layers=2).eval()
    model.load_state_dict(torch.load(tmp_path / "run" / "model.pt"))
    plain = tokenize(encoder.tokenizer, text)
    ids = torch.tensor(np.r_[101, plain.ids, 102][None])
    extra = torch.tensor(np.pad(plain.extra, ((1, 1), (0, 0)))[None])
    with torch.no_grad():
        h = model.encoder(ids, extra)
        np.testing.assert_allclose(e.vectors, h[0, 1:-1].numpy(), atol=1e-4)
        p, q = e.pieces([(16, 24), (37, 44)]) + 1
        spans = [tuple(torch.tensor([int(x)]) for x in s) for s in (p, q)]
        logits = model.stance(h, ids == 0, torch.tensor([0]), *spans)
    windows = [Window(ids[0].numpy(), np.c_[extra[0].numpy(), [0] + [1 + k % 4 for k in range(len(plain.ids))] + [0]])]
    with torch.no_grad():
        asked = judge(ids, torch.tensor(windows[0].extra[None]))
    np.testing.assert_allclose(bundled.Judge(encoder, tmp_path / "out").logits(windows), asked.numpy(), atol=1e-3)
    found = heads.stance(e, [(16, 24), (37, 44)], [(0, 1)])
    # Training attends to the two special pieces of a window too, reading does not: hence no closer.
    np.testing.assert_allclose(found[0], logits.softmax(-1)[0].numpy(), atol=5e-3)


def test_a_mean_of_weights(training):
    torch = pytest.importorskip("torch", reason="only newslab[train] has torch")
    from mean import mean

    one, two = ({"a": torch.tensor([x, 2 * x]), "b": torch.tensor(4)} for x in (1.0, 5.0))
    found = mean([3, 1], [one, two])
    assert found["a"].tolist() == [2, 4] and found["b"] == 4
    with pytest.raises(ValueError, match="one size"):
        mean([1, 1], [one, {"a": torch.zeros(3), "b": torch.tensor(4)}])


def test_whole_numbers_with_fixed_scales_are_near_and_the_same_in_any_batch(training):
    torch = pytest.importorskip("torch", reason="only newslab[train] has torch")
    pytest.importorskip("onnx")
    import export
    import onnxruntime
    from model import Judge

    torch.manual_seed(2)
    rng = np.random.default_rng(2)
    judge = Judge(layers=2, heads=3, hidden=256).eval()
    layer = judge.encoder.layers[0]
    with torch.no_grad():  # one channel and one hidden unit stand far out, but only where a window begins and ends
        judge.encoder.words.weight[101, 7] = 40
        layer.norm1.weight[7] = 3.0
        layer.up.weight[5], layer.up.bias[5] = 0, -6
        layer.up.weight[5, 7] = 0.5
    weights = {k: v.detach().numpy() for k, v in judge.state_dict().items()}

    def given(n, length):
        ids = np.pad(rng.integers(1000, 2000, (n, length)), ((0, 0), (1, 1)), constant_values=101)
        return {"ids": ids, "extra": rng.integers(1, 3, (*ids.shape, 4)), "used": np.arange(ids.size)}

    def run(model, x):
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(["vectors"], x)[0]

    whole = export.in_whole_numbers(weights, (), [given(3, n) for n in range(30, 60)])
    new = given(4, 40)
    exact, found = run(export.build(weights), new), run(whole, new)
    assert np.abs(found - exact).mean() < 0.01 * exact.std()
    units = {w.name: w.dims[1] for w in whole.graph.initializer if w.name.endswith(".int8")}
    assert units["0.up.int8"] > 256 and units["1.up.int8"] == 256
    with torch.no_grad():
        inside = judge.encoder(torch.tensor(new["ids"]), torch.tensor(new["extra"])).numpy()
    np.testing.assert_allclose(exact, inside.reshape(exact.shape), atol=1e-4)
    one = {"ids": new["ids"][2:3], "extra": new["extra"][2:3], "used": np.arange(42)}
    assert (run(whole, one) == found[2 * 42 : 3 * 42]).all()


def test_a_narrower_encoder_sees_nearly_the_same(training, tmp_path):
    torch = pytest.importorskip("torch", reason="only newslab[train] has torch")
    import slim
    from model import ReadingModel, sizes

    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    model = ReadingModel(layers=2, heads=4, hidden=64).eval()
    for layer in model.encoder.layers:  # units and a head that say what others say, or nothing
        with torch.no_grad():
            layer.up.weight[32:], layer.up.bias[32:] = layer.up.weight[:32], layer.up.bias[:32]
            layer.out.weight[:, :32] = 0
    windows = [(rng.integers(1000, 2000, n), rng.integers(1, 3, (n, 3))) for n in (30, 40, 50, 60)]
    given = list(slim.batches(windows, rng))
    less = slim.narrowed(model.encoder, 3, 32, given)
    weights = {f"encoder.{k}": v for k, v in less.state_dict().items()}
    assert sizes(weights) == {"layers": 2, "heads": 3, "hidden": 32}
    difference = slim.Difference(model.encoder, slim.views(model), given)
    for ids, extra in given:
        with torch.no_grad():
            np.testing.assert_allclose(less(ids, extra), model.encoder(ids, extra), atol=0.02)
            assert all(0 <= float(x) < 1e-3 for x in difference(less, ids, extra))
    half = slim.narrowed(model.encoder, 2, 16, given)
    with torch.no_grad():
        assert all(float(x) > 1e-3 for x in difference(half, *given[0]))


def test_windows_over_a_text_leave_out_nothing(training):
    slim = pytest.importorskip("slim", reason="only newslab[train] has torch")
    e = SimpleNamespace(ids=np.arange(1000), extra=np.zeros((1000, 3)))
    cuts = slim.cut([e], np.random.default_rng(0))
    assert max(len(ids) for ids, _ in cuts) <= 254
    assert len(set(np.concatenate([ids for ids, _ in cuts]).tolist())) > 1000 - 2 * 8


@pytest.mark.parametrize("kind", ["person", "group"])
def test_a_head_for_pronouns_reads_as_it_was_trained(training, kind):
    torch = pytest.importorskip("torch", reason="only newslab[train] has torch")
    import pronouns as fitting

    from newslab.model import pronouns

    torch.manual_seed(5)
    head = fitting.Head().eval()
    weights = {k: v.astype(np.float32) for k, v in fitting.arrays({kind: head}).items()}
    head.load_state_dict({k.removeprefix(f"pronouns.{kind}."): torch.tensor(v) for k, v in weights.items()})
    reader = nl.Reader("model")
    text = Text(
        "Ona Vell met the Harbour Board in Hollin. After her speech, Bo Lind said that he had thanked her, and that "
        "the unions would fight the board if they had to."
    )
    ((_, e),) = reader._encoded([text])
    mentions = reader._attributed(text, e).mentions
    ((k, j, facts),) = pronouns.pairs(kind, e, text, mentions)
    spans = [(m.start, m.end) for m in mentions]
    pieces = e.pieces(spans)
    vectors = [torch.tensor(x) for x in (e.vectors[pieces[k, 0]], e.vectors[pieces[j]].reshape(len(j), -1), facts)]
    with torch.no_grad():
        found = pronouns.score(weights, kind, e, spans, k, j, facts)
        np.testing.assert_allclose(found, head(*vectors).numpy(), atol=1e-4)


def test_other_names_leave_the_answer_of_a_pronoun_in_its_place(training):
    pytest.importorskip("torch", reason="only newslab[train] has torch")
    import pronouns as fitting

    text = "Ms Ona Vell met Ms Ida Orr in Hollin. Her sister wept. Then Vell told Orr that the bridge was hers to save."
    row = {"text": text, "pronoun": [38, 41], "names": [[3, 11, False], [19, 26, True]]}
    reading = nl.Reader("rules").read(Text(text))
    seen = set()
    for seed in range(12):
        (new,) = fitting.renamed([row], [reading], seed)
        a, b = new["pronoun"]
        seen.add(new["text"][a:b])
        (x, y, first), (z, w, second) = new["names"]
        assert (first, second) == (False, True)
        names = [new["text"][x:y], new["text"][z:w]]
        assert all(len(n.split()) == 2 and n[0].isupper() and n[-1].isalpha() for n in names)
        assert names != ["Ona Vell", "Ida Orr"]
    assert seen == {"Her", "His"}
