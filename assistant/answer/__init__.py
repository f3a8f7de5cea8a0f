"""Query + Hit… + rows → Answer: ``compose`` makes it, ``Prover`` checks it against the rows, ``rephrased`` may reword it."""

from assistant.answer.compose import compose
from assistant.answer.evidence import Evidence
from assistant.answer.proof import Prover
from assistant.answer.rephrase import rephrased, worth_rephrasing
from assistant.answer.saved import read_answers
from assistant.answer.several import together

__all__ = ["Evidence", "Prover", "compose", "read_answers", "rephrased", "together", "worth_rephrasing"]
