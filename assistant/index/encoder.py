"""Encoders behind one Protocol: the shipped static one, read directly, and any sentence-transformers model.

A static encoder's vector is the mean of its tokens' vectors (sentence-transformers ``StaticEmbedding``), so it
needs no deep-learning library to answer a question: importing one takes seconds, this takes milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import EncoderError
from assistant.schema import Encoder, Vectors
from assistant.text import VERSION, Analyser

SHIPPED = Path(__file__).parent / "encoder_model"
MARK = "wenzheng.json"  # beside a static model whose input must pass our analyser
_HINT = "请检查 WENZHENG_ENCODER，模型须已在本机"


def open_encoder(name: str, analyser: Analyser) -> Encoder:
    """The encoder of a folder or a model name; local files only, nothing is downloaded.

    Raises:
        EncoderError: no such folder, or the model cannot be loaded from this machine.
    """
    folder = Path(name) if name else SHIPPED
    if (folder / MARK).is_file():
        return StaticEncoder(folder, analyser)
    return TransformerEncoder(name)


class StaticEncoder:
    """Reads a ``StaticEmbedding`` folder: ``tokenizer.json``, ``model.safetensors`` and the mark of whose input it is.

    Raises:
        EncoderError: damaged, of another size than its mark says, or made for another version of the analyser.
    """

    def __init__(self, folder: Path, analyser: Analyser) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._analyser = analyser
        try:
            weights = folder / "model.safetensors"
            tokenizer = folder / "tokenizer.json"
            note = json.loads((folder / MARK).read_text(encoding="utf-8"))
            made_for, shape = note["analyser"], (note["tokens"], note["dims"])
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
            self._table = load_file(weights)["embedding.weight"].astype(np.float32)
            digest = hashlib.sha256(weights.read_bytes() + tokenizer.read_bytes()).hexdigest()
        except Exception as error:  # the libraries raise plain Exceptions for damaged files
            raise EncoderError("向量模型不完整或已损坏", where=folder.name, hint=_HINT) from error
        if made_for != VERSION:
            raise EncoderError(f"向量模型是为分词版本 {made_for} 训练的，现为 {VERSION}", where=folder.name, hint=_HINT)
        if self._table.shape != shape:
            raise EncoderError(f"向量模型的大小 {self._table.shape} 与说明 {shape} 不符", where=folder.name, hint=_HINT)
        self._fingerprint = f"static-{digest[:16]}"

    @property
    def fingerprint(self) -> str:
        """See ``Encoder``."""
        return self._fingerprint

    @property
    def dims(self) -> int:
        """See ``Encoder``."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See ``Encoder``."""
        vectors = np.zeros((len(texts), self.dims), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = self._tokenizer.encode(self._analyser.tokens(text), add_special_tokens=False).ids
            if ids:
                vectors[row] = self._table[ids].mean(axis=0)
        return unit(vectors)

    def knows(self, word: str) -> bool:
        """See ``Encoder``."""
        return self._tokenizer.token_to_id(word) is not None


class TransformerEncoder:
    """Any model that ``SentenceTransformer`` loads from this machine; raw text goes in."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name, local_files_only=True, device="cpu")
        except Exception as error:  # whatever the libraries raise, it comes down to: not usable here
            raise EncoderError("无法加载向量模型", where=name, hint=_HINT) from error
        self._fingerprint = f"st-{_fingerprint(name, self._model)}"

    @property
    def fingerprint(self) -> str:
        """See ``Encoder``."""
        return self._fingerprint

    @property
    def dims(self) -> int:
        """See ``Encoder``."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See ``Encoder``."""
        if not texts:
            return np.zeros((0, self.dims), dtype=np.float32)
        return unit(np.asarray(self._model.encode(list(texts), show_progress_bar=False), dtype=np.float32))

    def knows(self, word: str) -> bool:
        """See ``Encoder``: word pieces leave no word unknown."""
        return True


def _fingerprint(name: str, model: Any) -> str:
    """Name and a probe vector: another model under the same name gives another fingerprint."""
    probe = np.asarray(model.encode(["政务公开"], show_progress_bar=False), dtype=np.float32).round(4)
    return hashlib.sha256(json.dumps([name, probe.tolist()]).encode()).hexdigest()[:16]


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return scaled
