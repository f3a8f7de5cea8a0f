"""Encoders: the shipped one read directly equals SentenceTransformer; broken folders are refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import EncoderError
from assistant.index.encoder import MARK, SHIPPED, StaticEncoder, open_encoder
from assistant.service import Assistant
from assistant.text import Analyser
from tests.conftest import settings_for

TEXTS = ["湘西州政策问答平台", "政务大厅无障碍环境建设", "asdf", "", "12345热线“一呼即应”改革，即问即答"]


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(["州行政审批服务局"])


def test_shipped_encoder(analyser: Analyser) -> None:
    encoder = open_encoder("", analyser)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dims) and vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 0, 0, 1], atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dims)
    assert json.loads((SHIPPED / MARK).read_text())["dims"] == encoder.dims


@pytest.mark.slow
def test_vectors_equal_sentence_transformers(analyser: Analyser) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), local_files_only=True, device="cpu")
    theirs = np.asarray(model.encode([analyser.tokens(text) for text in TEXTS]))
    lengths = np.linalg.norm(theirs, axis=1, keepdims=True)
    ours = open_encoder("", analyser).encode(TEXTS)
    np.testing.assert_allclose(ours, theirs / np.where(lengths == 0, 1, lengths), atol=1e-3)


@pytest.mark.slow
def test_any_sentence_transformers_folder(tmp_path: Path, analyser: Analyser) -> None:
    folder = tmp_path / "模型"
    shutil.copytree(SHIPPED, folder)
    (folder / MARK).unlink()  # now a model like any other: raw text goes in
    encoder = open_encoder(str(folder), analyser)
    vectors = encoder.encode(["政务 公开"])
    assert encoder.fingerprint.startswith("st-") and vectors.shape == (1, encoder.dims)
    np.testing.assert_allclose(np.linalg.norm(vectors), 1, atol=1e-5)


@pytest.mark.slow
def test_a_name_is_never_downloaded(analyser: Analyser) -> None:
    with pytest.raises(EncoderError, match="no-such/model"):
        open_encoder("no-such/model", analyser)


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", MARK])
def test_damaged_folder(tmp_path: Path, analyser: Analyser, broken: str) -> None:
    folder = tmp_path / "m"
    shutil.copytree(SHIPPED, folder)
    (folder / broken).write_bytes(b"x")
    with pytest.raises(EncoderError, match="已损坏"):
        StaticEncoder(folder, analyser)


@pytest.mark.parametrize(
    ("changed", "said"), [({"analyser": "0"}, "为分词版本 0 训练"), ({"dims": 64}, "与说明"), ({"tokens": 3}, "与说明")]
)
def test_made_for_something_else(tmp_path: Path, analyser: Analyser, changed: dict[str, str | int], said: str) -> None:
    folder = tmp_path / "m"
    shutil.copytree(SHIPPED, folder)
    note = json.loads((folder / MARK).read_text(encoding="utf-8"))
    (folder / MARK).write_text(json.dumps(note | changed), encoding="utf-8")
    with pytest.raises(EncoderError, match=said) as raised:
        open_encoder(str(folder), analyser)
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_a_bad_encoder_leaves_the_index_in_force(home: Path, tmp_path: Path) -> None:
    question = "适老化改造由谁牵头"
    before = [hit.row.id for hit in Assistant.open(settings=settings_for(home)).search(question)]
    with pytest.raises(EncoderError, match="no-such"):
        Assistant.open(settings=replace(settings_for(home), encoder=str(tmp_path / "no-such")))
    assert [hit.row.id for hit in Assistant.open(settings=settings_for(home)).search(question)] == before


def test_fingerprint_changes_with_the_weights(tmp_path: Path, analyser: Analyser) -> None:
    folder = tmp_path / "m"
    shutil.copytree(SHIPPED, folder)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(bytes(weights))
    assert StaticEncoder(folder, analyser).fingerprint != StaticEncoder(SHIPPED, analyser).fingerprint
