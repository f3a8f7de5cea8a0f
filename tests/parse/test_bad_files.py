"""A file that cannot be used gives one line: which file, where, what to do."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from assistant.errors import AssistantError, InputError, ParseError, ReadError
from assistant.parse import parse_file
from tests.parse.documents import PROSE, YAML


def blank_pdf(path: Path, password: str = "") -> Path:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    with path.open("wb") as file:
        writer.write(file)
    return path


def failure(path: Path, **options: str) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        parse_file(path, **options)
    line = str(caught.value)
    assert "\n" not in line and path.name in line and caught.value.hint
    return caught.value


def test_missing_and_folder(tmp_path: Path) -> None:
    assert isinstance(failure(tmp_path / "无.txt"), ReadError)
    assert isinstance(failure(tmp_path), ReadError)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("空.txt", b""),
        ("空.pdf", b""),
        ("空.yaml", b""),
        ("二进制.txt", bytes(range(256)) * 4),
        ("乱码.txt", b"\xff\xff\xff\xfe\xfd\x81" * 50),
        ("截断.pdf", b"%PDF-1.7\n1 0 obj\n<<"),
        ("不是.pdf", "普通文字".encode()),
        ("未知.docx", b"PK\x03\x04"),
        ("无后缀", "一、任务".encode()),
        ("坏.yaml", b"document: [1, 2\nparts: {"),
        ("字节.yaml", b"\x00\x01\x02"),
    ],
)
def test_unusable_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert isinstance(failure(path), ReadError)


def test_encrypted_and_scanned_pdf(tmp_path: Path) -> None:
    assert "加密" in str(failure(blank_pdf(tmp_path / "锁.pdf", "secret")))
    assert "扫描" in str(failure(blank_pdf(tmp_path / "扫描.pdf")))


def test_no_task(tmp_path: Path) -> None:
    path = tmp_path / "散文.txt"
    path.write_text("今天天气很好。\n我们去散步。\n", encoding="utf-8")
    assert isinstance(failure(path), ParseError)


def test_unclear_place_asks_for_an_id(tmp_path: Path) -> None:
    path = tmp_path / "要点.txt"
    path.write_text("年度工作要点\n一、总体\n（一）做好一件事。认真做。（办公室牵头）\n", encoding="utf-8")
    error = failure(path)
    assert isinstance(error, ParseError) and "--id" in str(error)
    assert parse_file(path, id="x-2024").document.id == "x-2024"


@pytest.mark.parametrize("id", ["", "../x", "A", "名", "a b", "x" * 65, "-a"])
def test_unusable_id(tmp_path: Path, id: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(PROSE, encoding="utf-8")
    with pytest.raises(InputError):
        parse_file(path, id=id)


@pytest.mark.parametrize(
    ("before", "after", "line", "field"),
    [
        ("  id: zhangjiajie-2024\n", "", 1, "id"),
        ("  year: 2024", "  year: 明年", 6, "year"),
        ("        heading: 办好景区服务点\n", "", 10, "heading"),
        ("        lead_units: [市行政审批服务局]\n", "", 10, "lead_units"),
        ("lead_units: [市行政审批服务局]", "lead_units: 市行政审批服务局", 13, "lead_units"),
        ("responsible_units: []", "responsible_units: [{a: 1}]", 14, "responsible_units"),
        ("parts:\n", "part:\n", 1, "parts"),
    ],
)
def test_yaml_field_is_named_with_its_line(tmp_path: Path, before: str, after: str, line: int, field: str) -> None:
    assert YAML.count(before) == 1
    path = tmp_path / "错.yaml"
    path.write_text(YAML.replace(before, after), encoding="utf-8")
    message = str(failure(path))
    assert f"“{field}”" in message and f"第{line}行" in message


def test_yaml_is_data_only(tmp_path: Path) -> None:
    path = tmp_path / "险.yaml"
    path.write_text("!!python/object/apply:os.system [echo hi]\n", encoding="utf-8")
    assert isinstance(failure(path), ReadError)
