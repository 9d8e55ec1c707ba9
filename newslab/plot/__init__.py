"""Charts of an analysis: who criticizes whom, in what tone, when and in which outlet.

Each function takes an :class:`newslab.Analysis`, draws on the Axes given (or on a new figure of a fitting size) and
returns the Axes. Nothing is shown or saved, and no global setting of matplotlib is changed.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; criticism and support differ by
line style as well. The numbers drawn are those of ``analysis.edges()``, ``analysis.speakers()`` and
``analysis.stances``.
"""

from newslab.plot._matrix import matrix
from newslab.plot._network import network
from newslab.plot._outlets import outlets
from newslab.plot._sentiment import sentiment
from newslab.plot._timeline import timeline

__all__ = ["matrix", "network", "outlets", "sentiment", "timeline"]
