"""question → Query → Hit…"""

from assistant.retrieve.query import Understander
from assistant.retrieve.sayings import Expander
from assistant.retrieve.search import WEIGHTS, Retriever
from assistant.retrieve.spelling import Speller

__all__ = ["WEIGHTS", "Expander", "Retriever", "Speller", "Understander"]
