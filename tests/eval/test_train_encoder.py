"""Training: what belongs together, seeding, and the folder it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.index.encoder import SHIPPED, StaticEncoder
from assistant.text import Analyser
from eval import train_encoder as training
from eval import training_sets
from tests.conftest import CORPUS

GROUP = '{"topic": "大厅", "official": ["推行延时服务", "错时办理"], "said": ["周末开门吗", "下班后能办不"]}\n'


@pytest.mark.slow
def test_sets_are_stable_and_hold_no_empty_text() -> None:
    rows = training_sets.corpus_rows(CORPUS)
    sets = training_sets.training_sets(rows)
    assert len(rows) == 291 and (rows[0].heading, rows[0].text) == (sets[0][0].said, sets[0][0].meant)
    assert sets == training_sets.training_sets(rows)
    assert all(pair.said.strip() and pair.meant.strip() for pairs in sets for pair in pairs)


def test_groups_make_pairs_of_one_matter(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(GROUP, encoding="utf-8")
    sets = training_sets.training_sets([], tmp_path)
    assert [(pair.said, pair.meant) for pair in sets[3]] == [
        ("周末开门吗", "推行延时服务"),
        ("周末开门吗", "错时办理"),
        ("下班后能办不", "推行延时服务"),
        ("下班后能办不", "错时办理"),
    ]
    assert [(pair.said, pair.meant) for pair in sets[4]] == [
        ("周末开门吗", "下班后能办不"),
        ("推行延时服务", "错时办理"),
    ]
    assert {pair.matter for pair in sets[3] + sets[4]} == {"0"}


@pytest.mark.parametrize("line", ["{", "[]", '{"topic": "大厅"}', '{"topic": "大厅", "said": 1, "official": []}'])
def test_a_bad_line_is_said(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(GROUP + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl 第2行.*训练句对不能用"):
        training_sets.read_groups(tmp_path)


def test_same_matter_pairs_cross_documents() -> None:
    pairs = training_sets.same_matter(training_sets.corpus_rows(CORPUS))
    ids = {(a.id, b.id) for a, b in pairs}
    assert ("hunan-2022/1/39", "shaoyang-2022/1/37") in ids
    assert all(a.document != b.document for a, b in pairs)


def test_the_near_identical_row_of_another_document_is_of_one_matter() -> None:
    matter = training_sets.matters(training_sets.corpus_rows(CORPUS))
    assert len(matter) == 291 and 100 < len(set(matter.values())) < 250
    assert matter["hunan-2022/1/39"] == matter["shaoyang-2022/1/37"]
    assert matter["hunan-2022/1/39"] != matter["hunan-2022/1/38"]
    assert all(matter[first] == first for first in matter.values())


@pytest.mark.slow
def test_what_belongs_to_one_matter_is_no_negative() -> None:
    pairs = [
        training_sets.Pair("周末开门吗", "延时服务", "大厅"),
        training_sets.Pair("网站字太小", "适老化改造", "老人"),
        training_sets.Pair("下班后能办吗", "错时办理", "大厅"),
    ]
    vocabulary = training.Vocabulary(Analyser(), [text for pair in pairs for text in (pair.said, pair.meant)])
    table = training.new_model(vocabulary)[0].embedding

    def loss(chosen: list[training_sets.Pair]) -> float:
        return float(training._loss(table, vocabulary, chosen).detach())

    assert loss([pairs[0], pairs[2]]) == 0  # nothing to tell it apart from
    assert loss(pairs[:2]) > 0.1
    assert loss([pairs[0], pairs[0]]) == 0


@pytest.mark.slow
def test_training_is_seeded_and_loadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentence_transformers import SentenceTransformer

    monkeypatch.setattr(training, "EPOCHS", 1)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text(GROUP, encoding="utf-8")
    rows = training_sets.corpus_rows(CORPUS)[:60]
    for name in ("a", "b"):
        pairs, (loss,) = training.fit(rows, tmp_path / name, tmp_path / "data")
        assert pairs > 5000 and 0 < loss < 10
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == (tmp_path / "b" / "model.safetensors").read_bytes()
    analyser = Analyser()
    encoder = StaticEncoder(tmp_path / "a", analyser)
    (vector,) = encoder.encode([rows[0].text])
    assert vector.shape == (training.DIMS,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    loaded = SentenceTransformer(str(tmp_path / "a"), device="cpu", local_files_only=True)
    same = loaded.encode([analyser.tokens(rows[0].text)], normalize_embeddings=True)[0]
    assert vector @ same == pytest.approx(1, abs=1e-3)
    assert {path.name for path in SHIPPED.iterdir()} == {path.name for path in (tmp_path / "a").iterdir()}


def test_the_shipped_one_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 40_000_000
