"""Fixed scales for the whole numbers of a graph: what each of its products is given, and how 256 steps hold it best.

A scale taken from each piece costs a pass over all its numbers and another over what comes out. A scale that is fixed
beforehand costs nothing, and is as exact once two things are mended. Channels differ: where the numbers are those of a
layer's norm they are evened out by the weights' help (SmoothQuant, Xiao et al. 2023). And in some layers one hidden
unit, which only the special pieces around a window use, is three times as strong as all others: it is shared out among
several units that each hold as much as the steps reach.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import onnxruntime
import pandas as pd

from newslab import Reader, analyze
from newslab.model.encoder import Array

_EVEN = 0.7  # how far channels are evened out by the weights; 0.5 and 0.9 are less exact
_FAR = 2.0  # times as strong as 99 of 100 units is far
_ROWS = 100  # of each run
_TRIED = (0.9, 0.95, 0.99, 0.999, 0.9999, 1.0)  # shares of the rows that lie within what the steps reach
GELU_LOWEST = -0.17  # no value of Gelu is below


@dataclass(frozen=True)
class Scale:
    """How numbers are made whole: divided by those of their channels and by `step`, from 0 to 255 around `zero`."""

    step: np.float32
    zero: np.uint8
    channels: Array | None = None
    shared: dict[int, int] = field(default_factory=dict)  # hidden units, and how many stand for each

    @property
    def top(self) -> float:
        """How far the steps reach."""
        return (255 - float(self.zero)) * float(self.step)

    def share_out(self, up: Array, bias: Array, down: Array) -> tuple[Array, Array, Array]:
        """Weights in which several units stand for one that is too strong.

        The first holds what there is up to `top`, the second what there is from there to twice as much, and so on: far
        from zero, Gelu gives back what it gets.
        """
        units = [k for k, n in self.shared.items() for _ in range(n - 1)]
        less = [self.top * j for n in self.shared.values() for j in range(1, n)]
        bias = np.append(bias, bias[units] - np.array(less, np.float32))
        return np.vstack([up, up[units]]), bias.astype(np.float32), np.hstack([down, down[:, units]])


class _Listening:
    """A session that keeps what it is given."""

    def __init__(self, session):
        self.session, self.given = session, []

    def run(self, outputs, given):
        self.given.append(given)
        return self.session.run(outputs, given)


def given(articles):
    """What the first encoder and the judge are given while the reader at hand reads articles with a "text"."""
    reader = Reader("model", workers=1)
    reader.encoder.session = first = _Listening(reader.encoder.session)
    reader.judge.session = judge = _Listening(reader.judge.session)
    analyze(pd.DataFrame({"text": [a["text"] for a in articles]}), reader=reader, progress=False)
    return first.given, judge.given


def fixed_scales(model, weights, runs):
    """A scale for each factor of the products of a graph.

    Parameters
    ----------
    model : onnx.ModelProto
        In floating point, with the factors for outputs.
    weights : dict of str to array (outputs, inputs)
        By what each factor is multiplied.
    runs : list of dict
        What the graph is given.
    """
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    rng, seen = np.random.default_rng(0), {name: [] for name in weights}
    for run in runs:
        for name, x in zip(weights, session.run([f"{n}.factor" for n in weights], run), strict=True):
            rows = x.reshape(-1, x.shape[-1])
            seen[name].append(rows[rng.permutation(len(rows))[:_ROWS]])
    return {name: _scale(name, np.concatenate(x), weights[name]) for name, x in seen.items()}


def _scale(name, x, weight):
    """The scale that changes the products of some rows least."""
    channels, far = None, []
    if name.endswith("down"):  # what Gelu gives
        most = x.max(0)
        far = np.flatnonzero(most > _FAR * np.quantile(most, 0.99))
        x, weight = np.delete(x, far, 1), np.delete(weight, far, 1)
    elif not name.endswith("out"):  # what a norm gives
        channels = np.abs(x).max(0) ** _EVEN / np.abs(weight).max(0) ** (1 - _EVEN)
        channels = (channels / np.median(channels)).astype(np.float32)
        x, weight = x / channels, weight * channels
    best, least = None, np.inf
    for share in _TRIED:
        low = GELU_LOWEST if name.endswith("down") else np.quantile(x.min(1), 1 - share)
        step = (np.quantile(x.max(1), share) - low) / 255
        zero = np.round(-low / step)
        some = x[:4000]
        error = (np.clip(np.round(some / step) + zero, 0, 255) - zero) * step - some
        error = np.square(error @ weight.T).mean()
        if error < least:
            best, least = Scale(np.float32(step), np.uint8(zero), channels), error
    return replace(best, shared={int(k): int(np.ceil(1.05 * most[k] / best.top)) for k in far})
