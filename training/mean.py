"""The mean of several sets of weights: ``python training/mean.py OUT.pt SHARE WEIGHTS.pt [SHARE WEIGHTS.pt …]``.

Of runs that started from the same weights the mean is often better than each (model soups, Wortsman et al. 2022).
Shares are brought to a sum of one.
"""

import sys

import torch


def mean(shares, weights):
    """Each array of the weights as their mean; ValueError if they are not of one kind."""
    first = weights[0]
    if any(w.keys() != first.keys() or any(w[k].shape != first[k].shape for k in first) for w in weights):
        raise ValueError("these weights are not of encoders of one size with the same heads")
    return {k: sum(s / sum(shares) * w[k].float() for s, w in zip(shares, weights, strict=True)) for k in first}


if __name__ == "__main__":
    out, *rest = sys.argv[1:]
    if not rest or len(rest) % 2:
        sys.exit(__doc__)
    torch.save(mean([float(x) for x in rest[::2]], [torch.load(f, map_location="cpu") for f in rest[1::2]]), out)
