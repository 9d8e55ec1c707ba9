"""Hand coding: how far to trust newslab on your own corpus, and totals corrected by what coders found.

Draw a :func:`sample`, :func:`code` it in the notebook (or fill a :func:`sheet`), see whether the coders agree
(:func:`agreement`, :func:`alpha`), how right newslab is (:func:`accuracy`), what the corrected :func:`totals` are, and
write it up (:func:`methods_appendix`). ``docs/validate.md`` leads through it.

:func:`write_coding` writes newslab's edges as JSON, one file an article, and :func:`score_edges` compares two folders
of such files.
"""

from newslab.coding.accuracy import accuracy
from newslab.coding.agreement import agreement, alpha
from newslab.coding.appendix import Appendix, methods_appendix
from newslab.coding.files import read_codings, write_codings
from newslab.coding.guideline import (
    article_coding,
    match_edges,
    score_edges,
    write_attributions,
    write_coding,
)
from newslab.coding.sampling import read_sample, sample
from newslab.coding.session import Session, code
from newslab.coding.tables import check_codings, sheet
from newslab.coding.totals import totals
from newslab.naming import same_actor

__all__ = [
    "Appendix",
    "Session",
    "accuracy",
    "agreement",
    "alpha",
    "article_coding",
    "check_codings",
    "code",
    "match_edges",
    "methods_appendix",
    "read_codings",
    "read_sample",
    "same_actor",
    "sample",
    "score_edges",
    "sheet",
    "totals",
    "write_attributions",
    "write_coding",
    "write_codings",
]


def __dir__() -> list[str]:
    return __all__
