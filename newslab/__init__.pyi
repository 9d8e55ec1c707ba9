# What `import newslab as nl` gives. Editors read it, and so does __init__.py, which imports each module when one of its
# names is first used.
from . import coding as coding
from . import plot as plot
from .actor_table import read_actors as read_actors
from .analysis import Analysis as Analysis
from .analysis import analyze as analyze
from .analysis import load as load
from .coding import score_edges as score_edges
from .corpus import read_articles as read_articles
from .corrections import Corrections as Corrections
from .corrections import read_corrections as read_corrections
from .demo import demo_corpus as demo_corpus
from .explorer import Explorer as Explorer
from .explorer import explore as explore
from .reading import Reader as Reader
from .text import tokenize as tokenize

__version__: str
