"""The YAML of ``corpus/``: a document as facts and our own summaries, or verbatim, row by row.

Read with node positions, so that a missing or wrong field is reported with its line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ReadError
from assistant.parse.fields import dates, deadline, quantity
from assistant.parse.readers.text import decode
from assistant.schema import Deadline, Locator, ParsedDocument, ParseReport, Part, PolicyDocument, TaskRow

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DOCUMENT = {"title": str, "place": str, "level": str, "year": int, "doc_number": str, "issuer": str, "issued_on": str}


def read_corpus(path: Path) -> ParsedDocument:
    """The document of a YAML file.

    Raises:
        ReadError: not YAML, or a field that is missing or of the wrong kind, with its line.
    """
    try:
        root = yaml.compose(decode(path.read_bytes(), path.name), Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path.name} 第{mark.line + 1}行" if mark else path.name
        raise ReadError("不是有效的 YAML", where=place, hint="请检查缩进、冒号和引号") from None
    return _Reader(path.name).document(root)


class _Reader:
    """Turns YAML nodes into values of the schema, naming file and line in every complaint."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._id = ""
        self._year: int | None = None

    def document(self, root: yaml.Node | None) -> ParsedDocument:
        top = self._mapping(root, root)
        head = self._mapping(top.get("document"), root, "document")
        self._id = self._text(head, "id", root)
        known = {name: self._scalar(head, name, kind, top["document"]) for name, kind in _DOCUMENT.items()}
        self._year = known["year"]
        parts, rows = [], []
        for number, node in enumerate(self._sequence(top.get("parts"), root, "parts"), 1):
            part = self._mapping(node, node)
            everyone = self._strings(part, "everyone_responsible", node)
            parts.append(Part(number, self._text(part, "title", node), everyone))
            items = self._sequence(part.get("rows"), node, "rows")
            rows += [self._row(number, item, each) for item, each in enumerate(items, 1)]
        document = PolicyDocument(
            id=self._id,
            converted=bool(self._scalar(head, "converted", bool, root)),
            file=self._name,
            parts=tuple(parts),
            **known,
        )
        counts = tuple(sum(row.part == part.part for row in rows) for part in parts)
        return ParsedDocument(document, tuple(rows), ParseReport(parts=counts))

    def _row(self, part: int, item: int, node: yaml.Node) -> TaskRow:
        row = self._mapping(node, node)
        kind = "digest" if "summary" in row else "verbatim"
        text = self._text(row, "summary" if kind == "digest" else "text", node)
        printed = self._scalar(row, "deadline", str, node)
        targets = self._strings(row, "targets", node)
        due = deadline(printed, "", self._year)[0] if printed else None
        return TaskRow(
            id=f"{self._id}/{part}/{item}",
            document=self._id,
            part=part,
            item=item,
            label=self._scalar(row, "label", str, node),
            printed_no=self._scalar(row, "printed_no", int, node),
            section=self._strings(row, "section", node),
            heading=self._text(row, "heading", node),
            text=text,
            text_kind="digest" if kind == "digest" else "verbatim",
            lead_units=self._strings(row, "lead_units", node, needed=True),
            responsible_units=self._strings(row, "responsible_units", node, needed=True),
            deadline=due,
            dates=tuple(self._date(printed) for printed in self._strings(row, "dates", node)),
            targets=targets,
            quantities=tuple(filter(None, map(quantity, targets))),
            doc_numbers=self._strings(row, "doc_numbers", node),
            locator=Locator(self._name, line=node.start_mark.line + 1),
            asked_as=self._strings(row, "asked_as", node),
        )

    def _date(self, printed: str) -> Deadline:
        found = dates(printed, self._year)
        return found[0] if found else Deadline(printed)

    # -- nodes to values, with complaints that name the line --

    def _fail(self, message: str, node: yaml.Node | None) -> ReadError:
        where = f"{self._name} 第{node.start_mark.line + 1}行" if node is not None else self._name
        return ReadError(message, where=where, hint="字段说明见 README“添加文件”")

    def _mapping(self, node: yaml.Node | None, parent: yaml.Node | None, name: str = "") -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._fail(f"缺少“{name}”，或它不是键值结构" if name else "应为键值结构", node or parent)
        return {str(key.value): value for key, value in node.value}

    def _sequence(self, node: yaml.Node | None, parent: yaml.Node | None, name: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self._fail(f"“{name}”应为非空列表", node or parent)
        return list(node.value)

    def _scalar(self, fields: dict[str, yaml.Node], name: str, kind: type, parent: yaml.Node | None) -> Any:
        node = fields.get(name)
        if node is None or node.tag.endswith(":null"):
            return None
        if not isinstance(node, yaml.ScalarNode):
            raise self._fail(f"“{name}”应为单个值", node)
        if kind is bool:
            return node.value.lower() == "true"
        if kind is not int:
            return node.value.strip()
        if not node.value.isdigit():
            raise self._fail(f"“{name}”应为整数", node)
        return int(node.value)

    def _text(self, fields: dict[str, yaml.Node], name: str, parent: yaml.Node | None) -> str:
        value = self._scalar(fields, name, str, parent)
        if not value:
            raise self._fail(f"缺少“{name}”", fields.get(name) or parent)
        return str(value)

    def _strings(
        self, fields: dict[str, yaml.Node], name: str, parent: yaml.Node | None, needed: bool = False
    ) -> tuple[str, ...]:
        node = fields.get(name)
        if node is None:
            if needed:
                raise self._fail(f"缺少“{name}”（没有时写 []）", parent)
            return ()
        if not isinstance(node, yaml.SequenceNode):
            raise self._fail(f"“{name}”应为文字列表", node)
        entries = [each.value.strip() for each in node.value if isinstance(each, yaml.ScalarNode)]
        if len(entries) < len(node.value) or not all(entries):
            raise self._fail(f"“{name}”应为文字列表", node)
        return tuple(entries)
