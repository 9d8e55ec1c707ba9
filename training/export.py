"""Export weights: ``python training/export.py EXAMPLES [--model MODEL.pt --encoder ENCODER] [--judge JUDGE.pt]``.

EXAMPLES is the folder that prepare.py wrote; the reader at hand reads some of its articles, to see what the graphs are
given. A graph is written out by hand. Matrix products are of whole numbers: weights with one scale per output channel,
and activations with fixed scales (``training/scales.py``), so that no row of a batch can change another and the sums
are exact whatever the batch and the number of threads. Word vectors are int8 with one scale per word. The heads go to
``heads.npz`` as float16. Nothing masks padding, for no run holds any (``_batches`` in newslab/model/encoder.py).
"""

import argparse
import datetime
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from examples import load
from model import HEAD
from onnx import TensorProto, helper, numpy_helper
from scales import fixed_scales, given

from newslab.model.encoder import FILES, PRODUCTS, WEIGHTS
from newslab.model.weighing import FEATURES, SECOND


def _plain(features, one):
    """A regression that takes one feature for its answer."""
    return {
        "mean": [0.0] * len(features),
        "scale": [1.0] * len(features),
        "weights": [float(f == one) for f in features],
        "bias": 0.0,
    }


# What calibrate.py and edges.py set afterwards
DEFAULTS = {
    "thresholds": {
        "anchor": 0.5,
        "weak": 0.1,
        "source": 0.5,
        "cue": 0.5,
        "content": 0.6,
        "loose": 0.5,
        "claim": 0.15,
        "mention": 0.5,
        "doubtful": 0.1,
    },
    "temperatures": {"stance": 1.0, "target": 1.0},
    "bias": {"stance": [0.0, 0.0, 0.0], "target": [0.0, 0.0, 0.0]},
    "edges": _plain(FEATURES, "best"),
    "judged": _plain(SECOND, "judged"),
}


# Weights go to -63 … 63 and not to 127: processors without VNNI add pairs of products in 16 bits, which would overflow.
WEIGHT_LIMIT = 63
_READ = 60  # articles


class Graph:
    """Nodes and initialisers of an ONNX graph under construction; a token is a row from the word vectors on."""

    def __init__(self, scales=None):
        self.nodes, self.weights, self.scales, self.factors = [], [], scales, {}

    def constant(self, name, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def add(self, op, inputs, domain="", **attributes):
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def factor(self, x, name):
        """Name `x`, which products are made of; where there are scales, it becomes whole numbers."""
        if self.scales:
            scale = self.scales[name]
            if scale.channels is not None:
                x = self.add("Mul", [x, self.constant(f"{name}.even", 1 / scale.channels[None])])
            how = [self.constant(f"{name}.{k}", getattr(scale, k)) for k in ("step", "zero")]
            # Its own: onnxruntime 1.23, the last for Macs with Intel processors, lacks that of opset 23
            x = self.add("QuantizeLinear", [x, *how], domain="com.microsoft")
        self.factors[name] = x
        return name

    def linear(self, factor, name, weight, bias):
        weight, x = weight.T, self.factors[factor]  # inputs × outputs
        if not self.scales:
            x = self.add("MatMul", [x, self.constant(f"{name}.weight", weight)])
            return x if bias is None else self.add("Add", [x, self.constant(f"{name}.bias", bias)])
        channels = self.scales[factor].channels
        weight = weight if channels is None else weight * channels[:, None]
        scale = (np.maximum(np.abs(weight).max(0), 1e-8) / WEIGHT_LIMIT).astype(np.float32)
        whole = self.constant(f"{name}.int8", np.round(weight / scale).astype(np.int8))
        inputs = [x, whole, f"{factor}.step", self.constant(f"{name}.scale", scale), f"{factor}.zero"]
        if bias is not None:
            inputs += ["", self.constant(f"{name}.bias", bias)]
        return self.add("MatMulIntegerToFloat", inputs, domain="com.microsoft")

    def norm(self, x, name, weight, bias):
        names = [self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.add("LayerNormalization", [x, *names], axis=-1, epsilon=1e-12)

    def table(self, ids, name, weight):
        if not self.scales:
            return self.add("Gather", [self.constant(name, weight), ids])
        scale = np.maximum(np.abs(weight).max(1, keepdims=True), 1e-8) / 127
        whole = np.round(weight / scale).astype(np.int8)
        x = self.add("Cast", [self.add("Gather", [self.constant(f"{name}.int8", whole), ids])], to=TensorProto.FLOAT)
        return self.add("Mul", [x, self.add("Gather", [self.constant(f"{name}.scale", scale.astype(np.float32)), ids])])


def build(weights, products=(), scales=None, listening=False):
    """An encoder as an ONNX model: ids (batch, tokens), extra (batch, tokens, columns), used (n) → vectors (n, dim).

    The used tokens are numbered through the whole batch. From the last layer's attention on there are no others. What
    the layers named by `products` make of the vectors comes out too. Without `scales` it is in floating point; made for
    `listening`, it gives the factors of its products too.
    """
    w = {k.removeprefix("encoder."): v for k, v in weights.items() if k.startswith("encoder.")}
    g = Graph(scales)
    one = lambda *x: np.array(x, np.int64)  # noqa: E731
    x = g.table("ids", "words", w["words.weight"])
    tables = [t for t in ("shapes", "marks", "starts", "places") if f"{t}.weight" in w]
    for k, name in enumerate(tables):
        column = g.add("Gather", ["extra", g.constant(f"column{k}", np.array(k, np.int64))], axis=2)
        x = g.add("Add", [x, g.add("Gather", [g.constant(name, w[f"{name}.weight"]), column])])
    length = g.add("Shape", ["ids"], start=1, end=2)
    positions = g.add("Slice", [g.constant("positions", w["positions.weight"]), g.constant("zero", one(0)), length])
    dim, width = (w["layers.0.out.weight"].shape[k] for k in (0, 1))
    heads = width // HEAD
    flat = g.constant("flat", one(-1, width))
    shape = g.add("Concat", [g.add("Shape", ["ids"]), g.constant("width", one(width))], axis=0)
    x = g.add("Reshape", [g.add("Add", [x, positions]), g.constant("rows", one(-1, dim))])
    x = g.norm(x, "norm", w["norm.weight"], w["norm.bias"])
    last = max(int(k.split(".")[1]) for k in w if k.startswith("layers."))
    for i in range(last + 1):
        get = lambda k, i=i: [w[f"layers.{i}.{k}.{part}"] for part in ("weight", "bias")]  # noqa: E731
        weight, bias = get("qkv")
        of_query, _, of_value = np.split(bias, 3)
        # A key's bias adds the same to all that a token looks at, and a value's to whatever it gets of them
        parts = zip(np.split(weight, 3), (of_query, None, None), strict=True)
        rows = g.factor(x, f"{i}.qkv")
        qkv = [g.linear(rows, f"{i}.qkv{j}", *part) for j, part in enumerate(parts)]
        qkv = [g.add("Reshape", [y, shape]) for y in qkv]
        a = g.add("Reshape", [g.add("Attention", qkv, q_num_heads=heads, kv_num_heads=heads), flat])
        if i == last:
            x, a = (g.add("Gather", [y, "used"]) for y in (x, a))
        weight, bias = get("out")
        a = g.linear(g.factor(a, f"{i}.out"), f"{i}.out", weight, bias + weight @ of_value)
        x = g.norm(g.add("Add", [x, a]), f"{i}.norm1", *get("norm1"))
        (up, more), (down, bias) = get("up"), get("down")
        if scales:
            up, more, down = scales[f"{i}.down"].share_out(up, more, down)
        h = g.add("Gelu", [g.linear(g.factor(x, f"{i}.up"), f"{i}.up", up, more)])
        h = g.linear(g.factor(h, f"{i}.down"), f"{i}.down", down, bias)
        x = g.norm(g.add("Add", [x, h]), f"{i}.norm2", *get("norm2"))
    found = {"vectors": (x, dim, TensorProto.FLOAT)}
    half = TensorProto.FLOAT16  # which numpy would make of them ten times as slowly
    rows = g.factor(x, "products") if products else None
    for name in products:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        found[name] = g.add("Cast", [g.linear(rows, name, weight, bias)], to=half), len(bias), half
    if listening:
        found |= {f"{name}.factor": (x, None, TensorProto.FLOAT) for name, x in g.factors.items()}
    g.nodes += [helper.make_node("Identity", [y], [name]) for name, (y, *_) in found.items()]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes,
        "reader",
        [
            info("ids", TensorProto.INT64, ["batch", "tokens"]),
            info("extra", TensorProto.INT64, ["batch", "tokens", len(tables)]),
            info("used", TensorProto.INT64, ["used"]),
        ],
        [info(name, kind, ["used" if width else None, width]) for name, (_, width, kind) in found.items()],
        g.weights,
    )
    opsets = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model)
    return model


def in_whole_numbers(weights, products, runs):
    """An encoder whose products are of whole numbers, with scales for what it is given in `runs`."""
    by = {
        ".".join(k.split(".")[2:4]): v
        for k, v in weights.items()
        if k.startswith("encoder.layers.") and k.endswith("weight") and "norm" not in k
    }
    if products:
        by["products"] = np.concatenate([weights[f"{name}.weight"] for name in products])
    return build(weights, products, fixed_scales(build(weights, products, listening=True), by, runs))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("examples", type=Path)
    ap.add_argument("--model", type=Path, help="weights of the reading model")
    ap.add_argument("--encoder", type=Path, help="folder with the tokenizer.json of MiniLM-L6, with --model")
    ap.add_argument("--judge", type=Path, help="weights of the judge")
    ap.add_argument("--out", type=Path, default=WEIGHTS)
    ap.add_argument("--float", action="store_true", help="no quantisation, to measure what it costs")
    ap.add_argument("--version", default=datetime.date.today().isoformat())
    o = ap.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    heads = {}
    if (o.out / "heads.npz").exists():
        with np.load(o.out / "heads.npz") as arrays:
            heads = {k: arrays[k] for k in arrays.files}
    kind = np.float32 if o.float else np.float16
    runs = ([], []) if o.float else given(load(o.examples, "articles_train")[:_READ])
    graphs = ((o.model, "model.onnx", "", PRODUCTS), (o.judge, "judge.onnx", "judge.", ()))
    for (path, name, prefix, products), what in zip(graphs, runs, strict=True):
        if path is None:
            continue
        weights = {k: v.float().numpy() for k, v in torch.load(path, map_location="cpu").items()}
        made = build(weights, products) if o.float else in_whole_numbers(weights, products, what)
        onnx.save(made, str(o.out / name))
        inside = ("encoder", *products)
        heads = {k: v for k, v in heads.items() if k.startswith("judge.") != (prefix == "judge.")}
        heads |= {
            prefix + k: v.astype(kind) for k, v in weights.items() if not k.startswith(tuple(f"{x}." for x in inside))
        }
    np.savez_compressed(o.out / "heads.npz", **dict(sorted(heads.items())))
    if o.model is not None:
        tokenizer = json.loads((o.encoder / "tokenizer.json").read_text(encoding="utf-8"))
        tokenizer["truncation"] = tokenizer["padding"] = None
        (o.out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    if not (o.out / "pronouns.npz").exists():  # training/pronouns.py fits it anew to what this encoder reads
        shutil.copy(WEIGHTS / "pronouns.npz", o.out)
    path = o.out / "config.json"
    config = DEFAULTS | (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})
    config |= {
        "version": o.version,
        "sha256": {n: hashlib.sha256((o.out / n).read_bytes()).hexdigest() for n in FILES if n != "config.json"},
    }
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    print({f.name: round(f.stat().st_size / 1e6, 2) for f in sorted(o.out.iterdir())})


if __name__ == "__main__":
    main()
