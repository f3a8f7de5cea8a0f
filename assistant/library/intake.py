"""Taking files in: which files, under which ids, and whether they are new, changed, known, or an original of ours.

All files of one addition are staged and parsed before anything is in force; one that cannot be used stops them all,
unless the caller asks to skip it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assistant.errors import AssistantError, ConflictError, InputError, ParseError, ReadError, ReviewError
from assistant.library.catalogue import Catalogue, Library, Source
from assistant.parse import SUFFIXES, parse_file
from assistant.schema import (
    EVERYTHING,
    Audience,
    Concern,
    Finding,
    ParsedDocument,
    ParseReport,
    PolicyDocument,
    Record,
    TaskRow,
    Visibility,
)
from assistant.screening import SAID
from assistant.settings import Settings
from assistant.text import compact

Outcome = Literal["added", "replaced", "original", "unchanged", "skipped"]
_MOST_SAID = 5  # findings of the screening that an error names
Progress = Callable[[str, float], None]  # the step, and how much of the whole is done, from 0 to 1


@dataclass(frozen=True, slots=True)
class Added(Record):
    """What became of one file: ``parsed`` is None where it was skipped, and ``reason`` says why."""

    file: str
    outcome: Outcome
    parsed: ParsedDocument | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asks of an addition, and who calls; see ``Assistant.add_files``."""

    id: str | None = None
    title: str | None = None
    force: bool = False
    skip: bool = False
    visibility: Visibility | None = None
    owner: str | None = None
    audience: Audience = EVERYTHING
    reviewed: str | None = None


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files as given, and those of each folder that can be read, by name; hidden and temporary ones are left out.

    Raises:
        InputError: a folder without any such file.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_passed_over(p.relative_to(path))]
        if not inside:
            raise InputError("文件夹里没有可添加的文件", where=path.name, hint=f"能读 {'、'.join(SUFFIXES)}")
        found += inside
    return list(dict.fromkeys(found))


def _is_passed_over(path: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.parts)
    return hidden or path.suffix.lower() not in SUFFIXES


class Intake:
    """One addition to a library as it is now."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        library: Library,
        documents: Sequence[PolicyDocument],
        rows: Sequence[TaskRow],
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._documents = {document.id: document for document in documents}
        self._rows = rows
        self.library = library
        self.fresh: dict[str, ParsedDocument] = {}

    def take(self, paths: Sequence[Path], wishes: Wishes, progress: Progress) -> list[Added]:
        """Stages and parses all files; ``library`` and ``fresh`` hold the outcome, nothing is in force yet.

        Raises:
            AssistantError: a file that cannot be used (the first of them, and how many there are).
        """
        added: list[Added] = []
        failed: list[AssistantError] = []
        for number, path in enumerate(paths):
            progress(f"读取 {path.name}", number / (len(paths) + 1))
            try:
                added.append(self._take(path, wishes))
            except AssistantError as error:
                failed.append(error)
                added.append(Added(path.name, "skipped", reason=str(error)))
        if failed and not wishes.skip:
            raise _first_of(failed, len(paths))
        if failed and len(failed) == len(paths):
            raise failed[0]
        return added

    def _take(self, path: Path, wishes: Wishes) -> Added:
        known = self._known(path, wishes.audience) if path.is_file() and path.stat().st_size else None
        if known and (wishes.id or known.id) == known.id and (wishes.title or known.title) == known.title:
            return self._again(path, known.id, wishes)
        if known and not wishes.force and known.id not in self.fresh:
            raise ConflictError(
                f"同一文件已收录为“{known.id}”", where=path.name, hint="先移除它，或加 --force 另存一份"
            )
        staged = self._catalogue.stage(path, self._settings.limits.file_mb)
        parsed = parse_file(
            staged,
            id=wishes.id,
            title=wishes.title,
            limits=self._settings.limits,
            cache_dir=self._settings.home / "cache",
        )
        _check_usable(parsed, path, wishes)
        check_reviewed(parsed.concerns, path.name, wishes.reviewed)
        outcome = self._outcome(parsed, path, wishes)
        self.library = self._catalogue.with_staged(self.library, parsed.document.id, staged, wishes.title)
        self._restrict(parsed.document.id, wishes)
        self.fresh[parsed.document.id] = replace(parsed, document=self.library.marked(parsed.document))
        return Added(path.name, outcome, self.fresh[parsed.document.id])

    def _again(self, path: Path, id: str, wishes: Wishes) -> Added:
        """The same file once more, for which at most who may see it changes."""
        before = self.library
        self._restrict(id, wishes)
        if before.is_widened(id, self.library):
            parsed = parse_file(path, id=id, limits=self._settings.limits, cache_dir=self._settings.home / "cache")
            check_reviewed(parsed.concerns, path.name, wishes.reviewed)
        held = self._as_it_is(id)
        outcome: Outcome = "unchanged" if self.library == before else "replaced"
        return Added(path.name, outcome, replace(held, document=self.library.marked(held.document)))

    def _restrict(self, id: str, wishes: Wishes) -> None:
        """Who may see a document, where the caller says so; else it stays as it is."""
        if wishes.visibility is not None:
            self.library = self.library.restricted(id, wishes.visibility, wishes.owner)

    def _known(self, path: Path, audience: Audience) -> Source | None:
        """The added document that is this very file, of those that the caller may see."""
        sources = [each for each in self._catalogue.added(self.library) if self.library.seen(each.id, audience)]
        return next((source for source in sources if self._catalogue.is_same(source, path)), None)

    def _as_it_is(self, id: str) -> ParsedDocument:
        if id in self.fresh:
            return self.fresh[id]
        document = self._documents[id]
        level = document.report_level
        findings = (Finding(level, "见首次添加时的体检单，或 wenzheng parse"),) if level != "ok" else ()
        rows = tuple(row for row in self._rows if row.document == id)
        counts = tuple(sum(row.part == part.part for row in rows) for part in document.parts)
        return ParsedDocument(document, rows, ParseReport(findings, counts))

    def _outcome(self, parsed: ParsedDocument, path: Path, wishes: Wishes) -> Outcome:
        """Whether the id is free, or whose place is taken.

        Raises:
            ConflictError: the place of another document, without ``force``, or of one that the caller may not see.
        """
        id = parsed.document.id
        if not self.library.seen(id, wishes.audience):
            # Nothing of the document in the way may be told, not even that it could be replaced.
            raise ConflictError(f"编号“{id}”已被占用", where=path.name, hint="换一个 --id")
        if id in self.fresh:
            raise ConflictError(f"这次添加的另一个文件也是“{id}”", where=path.name, hint="请分次添加，用 --id 指定编号")
        if id in self.library.added:
            if not wishes.force and not self._revises(parsed):
                raise ConflictError(
                    f"编号“{id}”已经是另一份文件“{self._documents[id].title}”",
                    where=path.name,
                    hint="换一个 --id，或用 --force 替换",
                )
            return "replaced"
        if self._catalogue.shipped(id) and id not in self.library.removed:
            ours = [(row.part, row.heading) for row in self._rows if row.document == id]
            same = ours == [(row.part, row.heading) for row in parsed.rows]
            if not same and not wishes.force:
                raise ConflictError(
                    f"编号“{id}”是自带文件，但任务行与它不同", where=path.name, hint="换一个 --id，或用 --force 替换"
                )
            return "original" if same else "replaced"
        return "added"

    def _revises(self, parsed: ParsedDocument) -> bool:
        """Whether a document is a new state of the one under its id: the same title, or most of the same tasks."""
        before = self._documents[parsed.document.id]
        headings = {row.heading for row in self._rows if row.document == before.id}
        shared = headings & {row.heading for row in parsed.rows}
        return compact(before.title) == compact(parsed.document.title) or 2 * len(shared) > len(headings)


def _check_usable(parsed: ParsedDocument, path: Path, wishes: Wishes) -> None:
    if parsed.report.level == "refuse" and not wishes.force:
        worst = next(finding for finding in parsed.report.findings if finding.level == "refuse")
        raise ParseError(worst.message, where=path.name, hint="请用 wenzheng parse 看体检单；确认无误可加 --force")


def check_reviewed(concerns: Sequence[Concern], where: str, reviewed: str | None) -> None:
    """A document in which screening found something is published, or shown to more people, by an editor's decision only.

    Raises:
        ReviewError: it says what was found.
    """
    if concerns and not (reviewed or "").strip():
        found = "；".join(dict.fromkeys(f"{SAID[each.kind]}（{each.where}）" for each in concerns[:_MOST_SAID]))
        more = f"等{len(concerns)}处" if len(concerns) > _MOST_SAID else ""
        hint = "请先核对；确认可以发布，用 --reviewed 写明理由（记入审计日志）"
        raise ReviewError(f"发布前的保密审查发现：{found}{more}", where=where, hint=hint)


def _first_of(failed: Sequence[AssistantError], files: int) -> AssistantError:
    """The first failure; where there were several files, also how many failed and what to do."""
    first = failed[0]
    if files == 1:
        return first
    hint = f"{first.hint}（{files}个文件中{len(failed)}个不能用，全部没有添加；加 --skip 可跳过它们）".lstrip()
    kind = type(first) if isinstance(first, ReadError | ParseError | ConflictError | ReviewError) else InputError
    return kind(first.what, where=first.where, hint=hint)
