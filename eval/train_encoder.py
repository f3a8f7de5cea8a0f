"""Trains the small static encoder that the project ships, from its own corpus alone: ``python -m eval.train_encoder``.

A token is a word or a character bigram of our analyser; a text's vector is the mean of its tokens' vectors
(sentence-transformers ``StaticEmbedding``). Training pulls together what belongs together: a task's name and its
requirement, a sentence and the rest of its row, rows of different documents on the same matter; all other rows of
a batch are the negatives (Henderson et al., Efficient Natural Language Response Suggestion, 2017).
Seeded: the same corpus on the same machine and versions gives the same weights.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from assistant.index.build import topic_text
from assistant.index.encoder import MARK, SHIPPED
from assistant.index.lexical import LexicalIndex
from assistant.parse import parse_file
from assistant.schema import TaskRow
from assistant.text import Analyser, bigrams

DIMS = 96
EPOCHS = 12
BATCH = 64
RATE = 0.003
SEED = 20221101
UNKNOWN = "[UNK]"
Pair = tuple[str, str]

_CARD = """---
library_name: sentence-transformers
license: mit
language: zh
---
# 问政自带向量模型

`StaticEmbedding`：{tokens} 个词与二字组，{dims} 维；由 `python -m eval.train_encoder` 从 `corpus/` 的任务行训练而成，
没有使用其他语料或预训练权重。

**输入必须先经过 `assistant.text.Analyser.tokens`**（繁简归一、结巴分词、二字组，以空格连接）；直接输入原文得不到有意义的向量。

Input text must pass `assistant.text.Analyser.tokens` first; raw text does not give meaningful vectors.
"""


def corpus_rows(folder: Path) -> list[TaskRow]:
    """All rows of the corpus, by file name."""
    return [row for path in sorted(folder.glob("*.yaml")) for row in parse_file(path).rows]


def training_pairs(rows: Sequence[TaskRow]) -> list[Pair]:
    """Pairs of texts that belong together, in a stable order."""
    pairs: list[Pair] = []
    for row in rows:
        pairs.append((row.heading, row.text))
        if row.section:
            pairs.append((row.section[-1], f"{row.heading} {row.text}"))
        clauses = [clause for clause in re.split(r"[。；，]", row.text) if len(clause) > 5]
        for number, clause in enumerate(clauses):
            rest = "，".join(clauses[:number] + clauses[number + 1 :])
            pairs.append((clause, f"{row.heading} {rest}"))
    pairs += [(f"{a.heading} {a.text}", f"{b.heading} {b.text}") for a, b in same_matter(rows)]
    return pairs


def same_matter(rows: Sequence[TaskRow]) -> list[tuple[TaskRow, TaskRow]]:
    """Rows of two documents that are each other's best BM25 match."""
    by_document: dict[str, list[TaskRow]] = {}
    for row in rows:
        by_document.setdefault(row.document, []).append(row)
    found: list[tuple[TaskRow, TaskRow]] = []
    for left, right in combinations(by_document.values(), 2):
        there, back = _best(left, right), _best(right, left)
        found += [(left[i], right[j]) for i, j in enumerate(there) if back[j] == i]
    return found


def _best(queries: Sequence[TaskRow], rows: Sequence[TaskRow]) -> list[int]:
    index = LexicalIndex.from_terms([bigrams(topic_text(row)) for row in rows])
    return [int(index.scores(bigrams(f"{q.heading} {q.text}"))[0].argmax()) for q in queries]


def vocabulary(texts: Sequence[str]) -> dict[str, float]:
    """Tokens in order of frequency, with their inverse document frequency."""
    rows = Counter(token for text in texts for token in set(text.split()))
    return {
        token: math.log(1 + len(texts) / n) for token, n in sorted(rows.items(), key=lambda each: (-each[1], each[0]))
    }


def new_model(idf: dict[str, float]) -> Any:
    """A ``SentenceTransformer`` of one ``StaticEmbedding``, random and weighted by rarity; the unknown token is zero."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokens = {UNKNOWN: 0} | {token: number for number, token in enumerate(idf, 1)}
    tokenizer = Tokenizer(WordLevel(tokens, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    generator = torch.Generator().manual_seed(SEED)
    weights = torch.randn(len(tokens), DIMS, generator=generator) / math.sqrt(DIMS)
    weights *= torch.tensor([0.0, *idf.values()])[:, None]
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights.numpy())], device="cpu")


def train(model: Any, pairs: Sequence[Pair]) -> list[float]:
    """Trains in place; returns the mean loss of each epoch."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # sums in one order, so that a second run gives the same weights
    torch.use_deterministic_algorithms(True)
    shuffler = random.Random(SEED)
    loss_of = MultipleNegativesRankingLoss(model, scale=20.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    order, losses = list(range(len(pairs))), []
    for _ in range(EPOCHS):
        shuffler.shuffle(order)
        total = 0.0
        batches = [order[start : start + BATCH] for start in range(0, len(order) - 1, BATCH)]
        for batch in batches:
            features = [model.preprocess([pairs[i][side] for i in batch]) for side in (0, 1)]
            loss = loss_of(features, torch.empty(0))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model[0].embedding.weight[0] = 0.0
            total += loss.item()
        losses.append(total / len(batches))
    return losses


def save(model: Any, folder: Path) -> None:
    """Writes the folder that ``assistant.index.encoder`` reads, with its model card."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
    tokens = model[0].embedding.num_embeddings
    (folder / "README.md").write_text(_CARD.format(tokens=tokens, dims=DIMS), encoding="utf-8")
    note = {"input": "assistant.text.Analyser.tokens", "dims": DIMS, "tokens": tokens, "seed": SEED}
    (folder / MARK).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


def fit(rows: Sequence[TaskRow], out: Path) -> tuple[int, list[float]]:
    """Trains on rows and writes the folder; returns the number of pairs and the mean loss of each epoch."""
    analyser = Analyser({unit for row in rows for unit in row.lead_units + row.responsible_units})
    pairs = [(analyser.tokens(a), analyser.tokens(b)) for a, b in training_pairs(rows)]
    model = new_model(vocabulary([analyser.tokens(f"{topic_text(row)}") for row in rows]))
    losses = train(model, pairs)
    save(model, out)
    return len(pairs), losses


def main() -> None:
    """Trains on ``--corpus`` and writes the encoder to ``--out``."""
    parser = argparse.ArgumentParser(description="训练自带的向量模型")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    chosen = parser.parse_args()
    rows = corpus_rows(chosen.corpus)
    pairs, losses = fit(rows, chosen.out)
    print(f"{len(rows)} 行，{pairs} 对，损失 {losses[0]:.3f} → {losses[-1]:.3f}，已写入 {chosen.out}")


if __name__ == "__main__":
    main()
