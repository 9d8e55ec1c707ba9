"""Export trained weights: ``python training/export.py [--model MODEL.pt --encoder ENCODER] [--judge JUDGE.pt]``.

The graph is written out by hand. Matrix products are of whole numbers: weights with one scale per output channel, and
activations with one scale per token, taken from that token alone, so that no row of a batch can change another and the
sums are exact whatever the batch and the number of threads. Word vectors are int8 with one scale per word. The heads go
to ``heads.npz`` as float16.
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
from onnx import TensorProto, helper, numpy_helper

from newslab.model.encoder import FILES, WEIGHTS
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


class Graph:
    """Nodes and initialisers of an ONNX graph under construction."""

    def __init__(self, quantise):
        self.nodes, self.weights, self.quantise, self.quantised = [], [], quantise, {}

    def constant(self, name, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def add(self, op, inputs, domain="", **attributes):
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def linear(self, x, name, weight, bias):
        weight = weight.T  # inputs × outputs
        if not self.quantise:
            return self.add(
                "Add", [self.add("MatMul", [x, self.constant(name, weight)]), self.constant(f"{name}.bias", bias)]
            )
        rows, row_scale = self.rows(x)
        scale = (np.maximum(np.abs(weight).max(0), 1e-8) / WEIGHT_LIMIT).astype(np.float32)
        whole = self.constant(f"{name}.int8", np.round(weight / scale).astype(np.int8))
        product = self.add("Cast", [self.add("MatMulInteger", [rows, whole, self.zero()])], to=TensorProto.FLOAT)
        product = self.add("Mul", [product, row_scale])
        product = self.add("Mul", [product, self.constant(f"{name}.scale", scale)])
        return self.add("Add", [product, self.constant(f"{name}.bias", bias)])

    def rows(self, x):
        """`x` as whole numbers from 0 to 255 around 128, each row with its own scale."""
        if x not in self.quantised:
            axis = self.once("last_axis", np.array([-1], np.int64))
            largest = self.add("ReduceMax", [self.add("Abs", [x]), axis], keepdims=1)
            scale = self.add("Mul", [largest, self.once("1/127", np.array(1 / 127, np.float32))])
            scale = self.add("Max", [scale, self.once("tiny", np.array(1e-12, np.float32))])
            whole = self.add(
                "QuantizeLinear", [self.add("Div", [x, scale]), self.once("one", np.array(1, np.float32)), self.zero()]
            )
            self.quantised[x] = whole, scale
        return self.quantised[x]

    def zero(self):
        return self.once("zero_point", np.array(128, np.uint8))

    def once(self, name, array):
        if not any(w.name == name for w in self.weights):
            self.constant(name, array)
        return name

    def norm(self, x, name, weight, bias):
        names = [self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.add("LayerNormalization", [x, *names], axis=-1, epsilon=1e-12)

    def table(self, ids, name, weight):
        if not self.quantise:
            return self.add("Gather", [self.constant(name, weight), ids])
        scale = np.maximum(np.abs(weight).max(1, keepdims=True), 1e-8) / 127
        whole = np.round(weight / scale).astype(np.int8)
        x = self.add("Cast", [self.add("Gather", [self.constant(f"{name}.int8", whole), ids])], to=TensorProto.FLOAT)
        return self.add("Mul", [x, self.add("Gather", [self.constant(f"{name}.scale", scale.astype(np.float32)), ids])])


def build(weights, heads=12, quantise=True):
    """An encoder as an ONNX model: ids (batch, tokens), extra (batch, tokens, columns) → vectors (…, tokens, dim)."""
    w = {k.removeprefix("encoder."): v for k, v in weights.items() if k.startswith("encoder.")}
    g = Graph(quantise)
    one = lambda *x: np.array(x, np.int64)  # noqa: E731
    x = g.table("ids", "words", w["words.weight"])
    tables = [t for t in ("shapes", "marks", "starts", "places") if f"{t}.weight" in w]
    for k, name in enumerate(tables):
        column = g.add("Gather", ["extra", g.constant(f"column{k}", np.array(k, np.int64))], axis=2)
        x = g.add("Add", [x, g.add("Gather", [g.constant(name, w[f"{name}.weight"]), column])])
    length = g.add("Shape", ["ids"], start=1, end=2)
    positions = g.add("Slice", [g.constant("positions", w["positions.weight"]), g.constant("zero", one(0)), length])
    x = g.norm(g.add("Add", [x, positions]), "norm", w["norm.weight"], w["norm.bias"])
    mask = g.add("Cast", [g.add("Greater", ["ids", g.constant("pad", np.array(0, np.int64))])], to=TensorProto.INT32)
    dim = x_dim = w["norm.weight"].shape[0]
    for i in range(1 + max(int(k.split(".")[1]) for k in w if k.startswith("layers."))):
        get = lambda k, i=i: (f"{i}.{k}", w[f"layers.{i}.{k}.weight"], w[f"layers.{i}.{k}.bias"])  # noqa: E731
        name, weight, bias = get("qkv")
        q, k, v = (
            g.linear(x, f"{name}{j}", weight[j * dim : (j + 1) * dim], bias[j * dim : (j + 1) * dim]) for j in range(3)
        )
        a = g.add("MultiHeadAttention", [q, k, v, "", mask], domain="com.microsoft", num_heads=heads)
        x = g.norm(g.add("Add", [x, g.linear(a, *get("out"))]), *get("norm1"))
        h = g.add("Gelu", [g.linear(x, *get("up"))])
        x = g.norm(g.add("Add", [x, g.linear(h, *get("down"))]), *get("norm2"))
    g.nodes.append(helper.make_node("Identity", [x], ["vectors"]))
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes,
        "reader",
        [
            info("ids", TensorProto.INT64, ["batch", "tokens"]),
            info("extra", TensorProto.INT64, ["batch", "tokens", len(tables)]),
        ],
        [info("vectors", TensorProto.FLOAT, ["batch", "tokens", x_dim])],
        g.weights,
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model)
    return model


def main():
    ap = argparse.ArgumentParser(description=__doc__)
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
    for path, name, prefix in ((o.model, "model.onnx", ""), (o.judge, "judge.onnx", "judge.")):
        if path is None:
            continue
        weights = {k: v.float().numpy() for k, v in torch.load(path, map_location="cpu").items()}
        onnx.save(build(weights, quantise=not o.float), str(o.out / name))
        heads = {k: v for k, v in heads.items() if k.startswith("judge.") != (prefix == "judge.")}
        heads |= {prefix + k: v.astype(kind) for k, v in weights.items() if not k.startswith("encoder.")}
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
        "width": int(heads["attributions.tags.weight"].shape[1]),
        "sha256": {n: hashlib.sha256((o.out / n).read_bytes()).hexdigest() for n in FILES if n != "config.json"},
    }
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    print({f.name: round(f.stat().st_size / 1e6, 2) for f in sorted(o.out.iterdir())})


if __name__ == "__main__":
    main()
