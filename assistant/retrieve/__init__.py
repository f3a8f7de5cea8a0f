"""question → Query → Hit…"""

from assistant.retrieve.query import Understander
from assistant.retrieve.search import Retriever

__all__ = ["Retriever", "Understander"]
