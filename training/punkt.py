"""Train Punkt's parameters on the training articles and write them to newslab/lexicons/punkt.json.

usage: python training/punkt.py DATA     (DATA holds polnear/train/text)

The file holds word types and counts (abbreviations, collocations, sentence starters, orthographic context), no text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nltk.tokenize.punkt import PunktTrainer

OUT = Path(__file__).resolve().parents[1] / "newslab" / "lexicons" / "punkt.json"
RARE = 2  # a word type seen less often tells nothing, and its removal makes the file small


def main(data: str) -> None:
    texts = [p.read_text(encoding="utf-8") for p in sorted(Path(data, "polnear", "train", "text").glob("*.txt"))]
    if not texts:
        sys.exit(f"no articles in {data}/polnear/train/text")
    trainer = PunktTrainer()
    trainer.INCLUDE_ALL_COLLOCS = False
    for text in texts:
        trainer.train(text, finalize=False)
    trainer.finalize_training()
    trainer.freq_threshold(ortho_thresh=RARE, type_thresh=RARE, colloc_thres=RARE, sentstart_thresh=RARE)
    params = trainer.get_params()
    data_out = {
        "abbreviations": sorted(params.abbrev_types),
        "collocations": sorted(params.collocations),
        "sentence_starters": sorted(params.sent_starters),
        "orthography": dict(sorted(params.ortho_context.items())),
    }
    OUT.write_text(json.dumps(data_out, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(texts)} articles → {OUT.name}: {len(params.abbrev_types)} abbreviations")


if __name__ == "__main__":
    main(sys.argv[1])
