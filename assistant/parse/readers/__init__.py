"""One reader a format; each turns a file into the same blocks. ``read_blocks`` picks the reader by suffix."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from assistant.errors import ReadError
from assistant.parse.blocks import Reading
from assistant.parse.readers.isolated import read_isolated
from assistant.parse.readers.text import read_text
from assistant.settings import Limits

Reader = Callable[[Path, Limits], Reading]


def _lazy(module: str, function: str) -> Reader:
    """A reader whose libraries are loaded when the first file needs them."""

    def read(path: Path, limits: Limits) -> Reading:
        reader: Reader = getattr(import_module(f"{__name__}.{module}"), function)
        return reader(path, limits)

    return read


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".csv": _lazy("sheets", "read_csv"),
    ".docx": _lazy("docx", "read_docx"),
    ".xlsx": _lazy("sheets", "read_xlsx"),
    ".html": _lazy("html", "read_html"),
    ".htm": _lazy("html", "read_html"),
    ".pdf": _lazy("pdf", "read_pdf"),
}
CORPUS_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*READERS, *CORPUS_SUFFIXES)
_PLAIN = (".txt", ".md", ".csv")  # bounded by their size; the others are read in a process of their own
_OLD_WORD = "请用 Word 或 WPS 打开，另存为 .docx"
_OLD_EXCEL = "请用 Excel 或 WPS 打开，另存为 .xlsx"
_IMAGE = "请把图片插入 Word 文档再导出为 PDF，按扫描件添加"
_CONVERT = {
    **dict.fromkeys((".doc", ".wps", ".wpt", ".rtf", ".dot", ".odt", ".docm", ".dotx"), _OLD_WORD),
    **dict.fromkeys((".xls", ".et", ".ods", ".xlsm", ".xlsb"), _OLD_EXCEL),
    **dict.fromkeys((".ofd", ".ceb", ".caj"), "请用阅读软件打开，打印或导出为 PDF"),
    **dict.fromkeys((".mht", ".mhtml"), "请在浏览器中另存为“网页，仅 HTML”"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"), _IMAGE),
    **dict.fromkeys((".ppt", ".pptx"), "请导出为 PDF"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "请先解压，再添加里面的文件"),
}


def read_blocks(path: Path, limits: Limits) -> Reading:
    """The blocks of a file.

    Raises:
        ReadError: no reader for this format, or the file cannot be read within the limits.
    """
    suffix = path.suffix.lower()
    if suffix in _PLAIN:
        return READERS[suffix](path, limits)
    if suffix in READERS:
        return read_isolated(suffix, path, limits)
    hint = _CONVERT.get(suffix, f"请另存为 {'、'.join(SUFFIXES)} 之一")
    raise ReadError(f"不支持“{path.suffix or '无后缀'}”格式", where=path.name, hint=hint)
