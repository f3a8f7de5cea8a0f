"""Trains the small static encoder that the project ships: ``python -m eval.train_encoder``.

A token is a word, a character or a character pair of our analyser; a text's vector is the mean of its tokens'
vectors (sentence-transformers ``StaticEmbedding``). Training pulls together what belongs together (see
``eval.training_sets``); the rest of a batch are the negatives, both ways, except what belongs to the same matter
(Henderson et al., Efficient Natural Language Response Suggestion, 2017; the near-identical row of another document
is no negative). Seeded: the same texts on the same machine and versions give the same weights.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.index.encoder import MARK, SHIPPED
from assistant.schema import TaskRow
from assistant.text import VERSION, Analyser
from eval.training_sets import PAIRS, Pair, corpus_rows, training_sets

DIMS = 256
EPOCHS = 3
BATCH = 256
RATE = 0.005
SCALE = 10.0  # by which cosines are multiplied before the softmax
SEED = 20221101
UNKNOWN = "[UNK]"
_LEAST = 8  # pairs that make a batch

_CARD = """---
library_name: sentence-transformers
license: mit
language: zh
---
# 问政自带向量模型

`StaticEmbedding`：{tokens} 个词、字与二字组，{dims} 维，半精度；由 `python -m eval.train_encoder` 训练而成，只用本项目自己写的文字：
`corpus/` 的任务行和问法、`assistant/lexicon/sayings.txt` 的说法、`eval/training/` 的训练句对。没有使用其他语料或预训练权重。

**输入必须先经过 `assistant.text.Analyser.tokens`**（繁简归一、结巴分词、字与二字组，以空格连接）；直接输入原文得不到有意义的向量。

Input text must pass `assistant.text.Analyser.tokens` first; raw text does not give meaningful vectors.
"""


class Vocabulary:
    """Tokens by number, 0 for the unknown, in order of frequency; and texts as numbers of tokens."""

    def __init__(self, analyser: Analyser, texts: Sequence[str]) -> None:
        self._analyser = analyser
        self._known: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = {}
        cut = {text: analyser.tokens(text).split() for text in dict.fromkeys(texts)}
        held = Counter(token for text in texts for token in set(cut[text]))
        ordered = sorted(held.items(), key=lambda each: (-each[1], each[0]))
        self.numbers = {UNKNOWN: 0} | {token: number for number, (token, _) in enumerate(ordered, 1)}
        self.idf = [0.0, *(math.log(1 + len(texts) / n) for _, n in ordered)]
        for text, tokens in cut.items():
            self._known[text] = np.array([self.numbers[token] for token in tokens], dtype=np.int64)

    def ids(self, text: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The tokens of one of the texts."""
        return self._known[text]


def new_model(vocabulary: Vocabulary) -> Any:
    """A ``SentenceTransformer`` of one ``StaticEmbedding``, random and weighted by rarity; the unknown token is zero."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel(vocabulary.numbers, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    generator = torch.Generator().manual_seed(SEED)
    idf = torch.tensor(vocabulary.idf)
    weights = torch.randn(len(idf), DIMS, generator=generator) / math.sqrt(DIMS) * (idf / idf.mean())[:, None]
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights.numpy())], device="cpu")


def train(model: Any, vocabulary: Vocabulary, sets: Sequence[Sequence[Pair]]) -> list[float]:
    """Trains in place, each batch from one set; returns the mean loss of each epoch."""
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # sums in one order, so that a second run gives the same weights
    torch.use_deterministic_algorithms(True)
    shuffler = random.Random(SEED)
    table = model[0].embedding
    optimizer = torch.optim.Adam(table.parameters(), lr=RATE)
    losses = []
    for _ in range(EPOCHS):
        batches = _batches(sets, shuffler)
        total = 0.0
        for batch in batches:
            loss = _loss(table, vocabulary, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                table.weight[0] = 0.0
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def _batches(sets: Sequence[Sequence[Pair]], shuffler: random.Random) -> list[list[Pair]]:
    found: list[list[Pair]] = []
    for pairs in sets:
        shuffled = list(pairs)
        shuffler.shuffle(shuffled)
        found += [shuffled[start : start + BATCH] for start in range(0, len(shuffled), BATCH)]
    found = [batch for batch in found if len(batch) >= _LEAST]
    shuffler.shuffle(found)
    return found


def _loss(table: Any, vocabulary: Vocabulary, batch: Sequence[Pair]) -> Any:
    """Cross entropy of each text finding its partner among those of the batch, and of each partner finding its text."""
    import torch
    from torch.nn.functional import cross_entropy

    left = _vectors(table, [vocabulary.ids(pair.said) for pair in batch])
    right = _vectors(table, [vocabulary.ids(pair.meant) for pair in batch])
    said, meant, matter = zip(*((pair.said, pair.meant, pair.matter) for pair in batch), strict=True)
    same = (_equal(said) | _equal(meant) | _equal(matter)).fill_diagonal_(False)
    scores = (left @ right.T * SCALE).masked_fill(same, -1e4)
    place = torch.arange(len(batch))
    return (cross_entropy(scores, place) + cross_entropy(scores.T, place)) / 2


def _equal(texts: Sequence[str]) -> Any:
    """Which of the texts are the same, shape (texts, texts)."""
    import torch

    numbers: dict[str, int] = {}
    number = torch.tensor([numbers.setdefault(text, len(numbers)) for text in texts])
    return number[:, None] == number[None, :]


def _vectors(table: Any, texts: Sequence[np.ndarray[Any, np.dtype[np.int64]]]) -> Any:
    import torch
    from torch.nn.functional import normalize

    starts = np.cumsum([0, *(len(ids) for ids in texts[:-1])])
    return normalize(table(torch.from_numpy(np.concatenate(texts)), torch.from_numpy(starts)), dim=1)


def save(model: Any, folder: Path) -> None:
    """Writes the folder that ``assistant.index.encoder`` reads, in half precision, with its model card."""
    folder.mkdir(parents=True, exist_ok=True)
    model.half().save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
    tokens = model[0].embedding.num_embeddings
    (folder / "README.md").write_text(_CARD.format(tokens=tokens, dims=DIMS), encoding="utf-8")
    note = {
        "input": "assistant.text.Analyser.tokens",
        "analyser": VERSION,
        "dims": DIMS,
        "tokens": tokens,
        "seed": SEED,
    }
    (folder / MARK).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


def fit(rows: Sequence[TaskRow], out: Path, data: Path = PAIRS) -> tuple[int, list[float]]:
    """Trains on rows, sayings and the pairs of a folder, and writes the encoder.

    Returns:
        The number of pairs and the mean loss of each epoch.

    Raises:
        InputError: a file of pairs cannot be used.
    """
    analyser = Analyser({unit for row in rows for unit in row.lead_units + row.responsible_units})
    sets = training_sets(rows, data)
    texts = [text for pairs in sets for pair in pairs for text in (pair.said, pair.meant)]
    vocabulary = Vocabulary(analyser, texts)
    model = new_model(vocabulary)
    losses = train(model, vocabulary, sets)
    save(model, out)
    return sum(map(len, sets)), losses


def main() -> None:
    """Trains on ``--corpus`` and ``--data`` and writes the encoder to ``--out``."""
    parser = argparse.ArgumentParser(description="训练自带的向量模型")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="任务行所在的文件夹")
    parser.add_argument("--data", type=Path, default=PAIRS, help="训练句对（.jsonl）所在的文件夹")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    chosen = parser.parse_args()
    rows = corpus_rows(chosen.corpus)
    pairs, losses = fit(rows, chosen.out, chosen.data)
    print(f"{len(rows)} 行，{pairs} 对，损失 {losses[0]:.3f} → {losses[-1]:.3f}，已写入 {chosen.out}")


if __name__ == "__main__":
    main()
