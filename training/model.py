"""The reading model in plain torch: MiniLM-L6 with case and quotation-mark embeddings, and heads over its tokens."""

import torch
import torch.nn.functional as F
from torch import nn

from newslab.model.judging import N_PLACES

N_SHAPES, N_MARKS, N_STARTS = 14, 11, 3
N_FAR = 11  # log distance between two mentions, by tokens
BUCKETS = 17  # signed log distance of a token from a span


def bucket(distance):
    """Bucket of a signed token distance: 0 inside, 1-8 after, 9-16 before, doubling in width."""
    size = distance.abs().clamp(1, 128).float().log2().ceil().long().clamp(max=7) + 1
    return torch.where(distance == 0, 0, torch.where(distance > 0, size, size + 8))


def far(distance):
    """Bucket of the tokens from a mention to one ahead of it, doubling in width."""
    return distance.clamp(1, 512).float().log2().ceil().long().clamp(max=N_FAR - 1)


HEAD = 32  # numbers of an attention head


def sizes(state):
    """How large an encoder with these weights is: its layers, their attention heads and hidden units."""
    layers = 1 + max(int(k.split(".")[2]) for k in state if k.startswith("encoder.layers."))
    qkv, up = (state[f"encoder.layers.0.{k}.weight"] for k in ("qkv", "up"))
    return {"layers": layers, "heads": len(qkv) // 3 // HEAD, "hidden": len(up)}


class Layer(nn.Module):
    def __init__(self, dim, heads, hidden, dropout):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(dim, 3 * heads * HEAD), nn.Linear(heads * HEAD, dim)
        self.up, self.down = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-12), nn.LayerNorm(dim, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask):
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        x = self.norm1(x + self.drop(self.out(a.transpose(1, 2).reshape(b, t, -1))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """BERT's layers; ``extra`` (batch, tokens, 3) holds case shape, quotation mark and paragraph start.

    With ``places``, a fourth column tells whose mention a token is and in whose words it stands.
    """

    def __init__(
        self, layers=6, dim=384, heads=12, hidden=1536, vocabulary=30522, positions=512, dropout=0.1, places=0
    ):
        super().__init__()
        self.words = nn.Embedding(vocabulary, dim)
        self.positions = nn.Embedding(positions, dim)
        self.shapes = nn.Embedding(N_SHAPES, dim)
        self.marks = nn.Embedding(N_MARKS, dim)
        self.starts = nn.Embedding(N_STARTS, dim)
        self.places = nn.Embedding(places, dim) if places else None
        for table in filter(None, (self.shapes, self.marks, self.starts, self.places)):
            nn.init.normal_(table.weight, std=0.01)
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dim, heads, hidden, dropout) for _ in range(layers))

    def forward(self, ids, extra):
        mask = (ids == 0)[:, None, None, :] * -1e4
        x = self.words(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
        x = x + self.shapes(extra[..., 0]) + self.marks(extra[..., 1]) + self.starts(extra[..., 2])
        if self.places is not None:
            x = x + self.places(extra[..., 3])
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_bert(self, weights):
        """Copy pretrained BERT weights (a dict of tensors with the usual names)."""
        get = lambda k: weights[k].float()  # noqa: E731
        copy = {"words.weight": get("embeddings.word_embeddings.weight")}
        copy["positions.weight"] = get("embeddings.position_embeddings.weight")
        # the token-type embedding is the same for every token: fold it into the positions
        copy["positions.weight"] = copy["positions.weight"] + get("embeddings.token_type_embeddings.weight")[0]
        for part in ("weight", "bias"):
            copy[f"norm.{part}"] = get(f"embeddings.LayerNorm.{part}")
            for i in range(len(self.layers)):
                old, new = f"encoder.layer.{i}", f"layers.{i}"
                copy[f"{new}.qkv.{part}"] = torch.cat(
                    [get(f"{old}.attention.self.{x}.{part}") for x in ("query", "key", "value")]
                )
                copy[f"{new}.out.{part}"] = get(f"{old}.attention.output.dense.{part}")
                copy[f"{new}.norm1.{part}"] = get(f"{old}.attention.output.LayerNorm.{part}")
                copy[f"{new}.up.{part}"] = get(f"{old}.intermediate.dense.{part}")
                copy[f"{new}.down.{part}"] = get(f"{old}.output.dense.{part}")
                copy[f"{new}.norm2.{part}"] = get(f"{old}.output.LayerNorm.{part}")
        missing, unknown = self.load_state_dict(copy, strict=False)
        assert not unknown and all(m.split(".")[0] in ("shapes", "marks", "starts") for m in missing), missing


class Attributions(nn.Module):
    """Tags per token (cue anchor, source, cue, content), and per anchor which tokens are its source, cue, content."""

    def __init__(self, dim, size=128):
        super().__init__()
        self.tags = nn.Linear(dim, 4)
        self.query, self.key = nn.Linear(dim, 3 * size), nn.Linear(dim, 3 * size)
        self.near = nn.Embedding(BUCKETS, 3)
        nn.init.zeros_(self.near.weight)
        self.size = size

    def forward(self, h, row, at):
        """Logits of the tags (batch, tokens, 4) and of the roles for the anchors (anchors, 3, tokens)."""
        tags = self.tags(h)
        q = self.query(h[row, at]).view(-1, 3, self.size)
        k = self.key(h).index_select(0, row).unflatten(-1, (3, self.size))
        logits = torch.einsum("ard,atrd->art", q, k) * self.size**-0.5
        distance = torch.arange(h.shape[1])[None] - at[:, None]
        return tags, logits + self.near(bucket(distance)).transpose(1, 2) + tags.index_select(0, row)[
            :, :, 1:
        ].transpose(1, 2)


class Mentions(nn.Module):
    """Score of each (first token, last token) as a mention, and its type and kind."""

    def __init__(self, dim, size=128, hidden=128, longest=40):
        super().__init__()
        self.first, self.last = nn.Linear(dim, size), nn.Linear(dim, size)
        self.weight = nn.Parameter(torch.randn(size, size) * size**-0.5 * 0.1)
        self.first1, self.last1 = nn.Linear(dim, 1), nn.Linear(dim, 1)
        self.near = nn.Embedding(longest, 1)  # bias by the length of the span
        nn.init.zeros_(self.near.weight)
        self.hidden, self.label = nn.Linear(2 * dim, hidden), nn.Linear(hidden, 6)
        self.size = size

    def forward(self, h):
        """Logits of the spans (batch, first, last), of a mention beginning and of one ending at a token."""
        scores = F.gelu(self.first(h)) @ self.weight @ F.gelu(self.last(h)).transpose(1, 2)
        at = torch.arange(h.shape[1])
        width = (at[None] - at[:, None]).clamp(0, self.near.num_embeddings - 1)
        first, last = self.first1(h), self.last1(h)
        return scores + first + last.transpose(1, 2) + self.near(width)[..., 0], first[..., 0], last[..., 0]

    def labels(self, h, row, first, last):
        return self.label(F.gelu(self.hidden(torch.cat([h[row, first], h[row, last]], -1))))


class Spans(nn.Module):
    """Classes of one span, or of an ordered pair: the spans ask the tokens around them, by attention, what is said."""

    def __init__(self, dim, n, classes, size=192, heads=4, hidden=256, dropout=0.1):
        super().__init__()
        self.n, self.heads, self.size = n, heads, size
        self.span = nn.ModuleList(nn.Linear(3 * dim, size) for _ in range(n))
        self.query, self.key, self.value = nn.Linear(n * size, size), nn.Linear(dim, size), nn.Linear(dim, size)
        self.near = nn.ModuleList(nn.Embedding(BUCKETS, heads) for _ in range(n))
        for table in self.near:
            nn.init.zeros_(table.weight)
        self.hidden, self.out = nn.Linear((n + 1) * size, hidden), nn.Linear(hidden, classes)
        self.drop = nn.Dropout(dropout)

    def forward(self, h, pad, row, *spans):
        """Logits (items, classes); each span is (first, last) token indices, both inclusive."""
        x, at = h.index_select(0, row), torch.arange(h.shape[1])[None]
        i = torch.arange(len(row))
        vectors, bias = [], 0
        for part, near, (first, last) in zip(self.span, self.near, spans, strict=True):
            inside = ((at >= first[:, None]) & (at <= last[:, None])).to(x.dtype)
            mean = torch.einsum("it,itd->id", inside / inside.sum(1, keepdim=True), x)
            vectors.append(F.gelu(part(torch.cat([x[i, first], x[i, last], mean], -1))))
            distance = (at - last[:, None]).clamp(min=0) + (at - first[:, None]).clamp(max=0)
            bias = bias + near(bucket(distance))
        v = torch.cat(vectors, -1)
        q = self.query(v).view(len(row), self.heads, -1)
        k = self.key(h).index_select(0, row).unflatten(-1, (self.heads, -1))
        scores = torch.einsum("ihd,ithd->iht", q, k) * q.shape[-1] ** -0.5 + bias.transpose(1, 2)
        weights = scores.masked_fill(pad[row][:, None], -1e4).float().softmax(-1)
        value = self.value(h).index_select(0, row).unflatten(-1, (self.heads, -1))
        context = torch.einsum("iht,ithd->ihd", weights.to(value.dtype), value).flatten(1)
        return self.out(self.drop(F.gelu(self.hidden(self.drop(torch.cat([v, context], -1))))))


class Links(nn.Module):
    """Scores of antecedents: for each mention every mention ahead of it, and that none of them is meant (score 0)."""

    def __init__(self, dim, size=128):
        super().__init__()
        self.query, self.key = nn.Linear(2 * dim, size), nn.Linear(2 * dim, size)
        self.near = nn.Embedding(N_FAR, 1)
        self.bias = nn.Parameter(torch.zeros(1))
        nn.init.zeros_(self.near.weight)
        self.size = size

    def forward(self, h, row, first, last):
        """Logits (mentions, mentions): is the second the antecedent of the first?"""
        v = torch.cat([h[row, first], h[row, last]], -1)
        scores = self.query(v) @ self.key(v).T * self.size**-0.5
        return scores + self.near(far(first[:, None] - last[None]))[..., 0] + self.bias


class ReadingModel(nn.Module):
    def __init__(self, dim=384, **sizes):
        super().__init__()
        self.encoder = Encoder(dim=dim, **sizes)
        self.attributions = Attributions(dim)
        self.mentions = Mentions(dim)
        self.links = Links(dim)
        self.stance = Spans(dim, 2, 3)
        self.target = Spans(dim, 1, 3)


class Judge(nn.Module):
    """Whether a window shows its source against, and for, its target: two logits."""

    def __init__(self, dim=384, dropout=0.1, **sizes):
        super().__init__()
        self.encoder = Encoder(dim=dim, dropout=dropout, places=N_PLACES, **sizes)
        self.hidden, self.out = nn.Linear(3 * dim, 256), nn.Linear(256, 2)
        self.drop = nn.Dropout(dropout)

    def forward(self, ids, extra):
        return self.answers(self.encoder(ids, extra), extra)

    def answers(self, h, extra):
        """The two logits, by the encoder's vectors."""
        role = (extra[..., 3] - 1).clamp(min=0) % 4
        parts = [h[:, 0]]
        for k in (1, 2):
            inside = ((role & k) > 0).to(h.dtype)
            parts.append(torch.einsum("bt,btd->bd", inside / inside.sum(1, keepdim=True).clamp(min=1), h))
        return self.out(self.drop(F.gelu(self.hidden(self.drop(torch.cat(parts, -1))))))
