"""Training: pairs, seeding, and the folder it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.index.encoder import SHIPPED, StaticEncoder
from assistant.text import Analyser
from eval import train_encoder as training
from tests.conftest import CORPUS


def test_pairs_of_a_row() -> None:
    rows = training.corpus_rows(CORPUS)
    pairs = training.training_pairs(rows)
    assert len(rows) == 291 and (rows[0].heading, rows[0].text) == pairs[0]
    assert pairs == training.training_pairs(rows)
    assert all(first.strip() and second.strip() for first, second in pairs)


def test_same_matter_pairs_cross_documents() -> None:
    pairs = training.same_matter(training.corpus_rows(CORPUS))
    ids = {(a.id, b.id) for a, b in pairs}
    assert ("hunan-2022/1/39", "shaoyang-2022/1/37") in ids
    assert all(a.document != b.document for a, b in pairs)


@pytest.mark.slow
def test_training_is_seeded_and_loadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "EPOCHS", 1)
    analyser = Analyser()
    rows = training.corpus_rows(CORPUS)[:60]
    pairs = [(analyser.tokens(a), analyser.tokens(b)) for a, b in training.training_pairs(rows)]
    idf = training.vocabulary([analyser.tokens(f"{row.heading}{row.text}") for row in rows])
    tables = []
    for name in ("a", "b"):
        model = training.new_model(idf)
        (loss,) = training.train(model, pairs)
        assert 0 < loss < 10
        training.save(model, tmp_path / name)
        tables.append((tmp_path / name / "model.safetensors").read_bytes())
    assert tables[0] == tables[1]
    encoder = StaticEncoder(tmp_path / "a", analyser)
    (vector,) = encoder.encode([rows[0].text])
    assert vector.shape == (training.DIMS,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert {path.name for path in SHIPPED.iterdir()} == {path.name for path in (tmp_path / "a").iterdir()}
