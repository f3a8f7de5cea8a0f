"""What people call the places, years, parts and sections of the documents that there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.retrieve import slots
from assistant.retrieve.phrases import LISTED
from assistant.retrieve.slots import Span, within, without
from assistant.retrieve.units import UnitRegistry
from assistant.schema import PolicyDocument, Query, TaskRow
from assistant.text import chinese_numeral, compact, number

# One numeral after 附件, so that 附件三二号任务 is the second task of the third; or one before it: 第三个附件.
_ITEM = r"(?:[1-9]\d?|十[一二三四五六七八九]?|[一二三四五六七八九两])"
_ATTACHMENT = re.compile(rf"附件\s*({_ITEM})(?!共|起|\d|个附件)|第({_ITEM})(?:号|个)?附件|({_ITEM})号附件")
_ATTACHED = re.compile(r"清单|附件|分工|任务表")
_SECTION = r"(?:部分|大块|板块|章节|章|大项|块|方面)"
_SECTION_NO = re.compile(rf"第({_ITEM})(?:个)?{_SECTION}(?!附件)")
_OF_SECTION = re.compile(rf"(?:这|那|这一|那一|一)?(?:个)?(?:{_SECTION})")
_SECTION_WORDS = 4  # characters of a heading that name it before 部分 or 板块
# 省里 names a place, 按省里的方案 does not; 省级的两份文件 does, 省级管理权限 does not.
_LEVEL_WORDS = {
    level: re.compile(
        rf"(?<![按照据循应标实为]){level}里|(?:全|我们?|本|咱们?){level}(?!级|内)|(?<![\u4e00-\u9fff]){level}(?=\s*20\d\d)|(?:20\d\d年?)\s*{level}级?(?=的?(?:[两三几]?份|文件|要点|清单|任务))"
        rf"|{level}本?级的?(?=[两三几]?份?(?:文件|要点|清单|任务)|再|呢|也是|[?。]|$)"
    )
    for level in "省州市"
}
# Where people are, not what they ask about: 在深圳打工, 我家在株洲.
_WHERE_I_AM = re.compile(
    r"(?:我|我们|咱)?(?:家|公司|人|老公|孩子|儿子|女儿)?(?:在|从|去|到|回)X(?:那边)?(?:打工|上班|工作|务工|读书|上学|住|生活|做生意|回来|当兵)|(?:我家|我公司|公司|家|人)在X"
)
# 省 or 省上 beside a place, as one of two that are compared.
_BESIDE = r"(?:^|(?<=[,、:;( )跟和与比同而是]))省(?:上|级|里)?(?=跟|和|与|比|、|,|\(|:|的|那|两级|谁|写|定|叫|制定|三家|牵头|有|20\d\d|[ ?。]|$)"
_THE_YEAR_BEFORE = re.compile(r"(比|和|跟|与|较|相比|对比)(上年|上一年|前一年|去年|头一年)")
_PART_TAIL = (
    r"(?:工作)?(?:的)?(?:任务)?(?:分解)?(?:要点|清单|任务表|分工表|部分|文件|那[份个块边]|这[份个块边]|方面的?任务)"
)


class Naming:
    """Recognises the documents of one library in folded questions; spans that name something are added to ``spans``.

    Args:
        holds: whether any row holds all of some texts; is_word: whether the dictionary has a text.
    """

    def __init__(
        self,
        documents: Sequence[PolicyDocument],
        rows: Sequence[TaskRow],
        units: UnitRegistry,
        holds: Callable[[Sequence[str]], bool],
        is_word: Callable[[str], bool],
    ) -> None:
        self.documents = list(documents)
        self._units = units
        self._holds = holds
        self._is_word = is_word
        self._headings = {heading for row in rows for heading in row.section}
        self._sections = slots.section_names(self._headings)
        self._titles = slots.part_names(documents)
        self.titles = tuple(sorted({name for names in self._titles.values() for name in names}))

    def carried(self, before: Query, query: Query) -> Query:
        """A follow-up on another place, of the year that was spoken of: the only one that the place before has."""
        if query.years or query.unknown_years or not before.places or query.places == before.places:
            return query
        years = {d.year for d in self.documents if d.place in before.places and d.year}
        there = {d.year for d in self.documents if d.place in query.places}
        return replace(query, years=tuple(years)) if len(years) == 1 and years <= there else query

    def places(self, text: str, spans: list[Span]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Places of documents, in the order named, and places that no document is of."""
        covered = {document.place for document in self.documents if document.place}
        found: dict[str, bool] = {}
        for span, names in self._outside_names(text, slots.places(text)):
            own = next((place for place in sorted(covered) if place in names), None)
            if own is None and _WHERE_I_AM.search(text[: span[0]] + "X" + text[span[1] :]):
                continue
            found[own or names[0]] = own is not None
            spans.append(span)
        for span, name in slots.counties(text, self._is_word):
            if not within(span, spans) and not self._holds([name]):
                found[name] = False
                spans.append(span)
        opening = slots.level(text)
        if opening and not found and not any(mention.start == 0 for mention in self._units.mentions(text)):
            found.update({d.place: True for d in self.documents if d.level == opening and d.place})
        for level, words in _LEVEL_WORDS.items():
            fitting = sorted({d.place for d in self.documents if d.level == level and d.place})
            mention = words.search(text)
            if fitting and mention and not (found and mention.group().startswith("全")):  # 邵阳在全省排第几
                found.update(dict.fromkeys(fitting, True))
                spans.append(mention.span())
        if any(found.values()) and (mention := re.search(_BESIDE, without(text, spans))):
            found.update({d.place: True for d in self.documents if d.level == "省" and d.place})
            spans.append(mention.span())
        return tuple(p for p, own in found.items() if own), tuple(p for p, own in found.items() if not own)

    def _outside_names(
        self, text: str, mentions: list[tuple[Span, tuple[str, ...]]]
    ) -> list[tuple[Span, tuple[str, ...]]]:
        """Places that stand by themselves: not within a unit's name, nor in quotation marks where others are outside."""
        units = [(mention.start, mention.end) for mention in self._units.mentions(text)]
        free = [each for each in mentions if not within(each[0], units)]
        plain = [each for each in free if not within(each[0], slots.quoted(text))]
        return plain or free

    def years(self, text: str, spans: list[Span]) -> tuple[int, ...]:
        """The years named; with 比上年 the one before as well."""
        years, found = slots.years(text)
        spans += found
        if len(years) == 1 and (mention := _THE_YEAR_BEFORE.search(text)):
            spans.append(mention.span())
            return (years[0] - 1, *years)
        return years

    def parts(self, text: str, spans: list[Span], places: Sequence[str], years: Sequence[int]) -> tuple[str, ...]:
        """Part keys named by title (政务公开要点) or by attachment number, within the places and years named."""
        documents = [d for d in self.documents if (not places or d.place in places) and (not years or d.year in years)]
        keys = {
            f"{d.id}/{p.part}": names for d in documents for p in d.parts if (names := self._titles[f"{d.id}/{p.part}"])
        }
        named = self._by_title(text, spans, keys)
        attachments = {number(m.group(m.lastindex or 1)) for m in _ATTACHMENT.finditer(text)}
        if attachments:
            spans.extend(m.span() for m in _ATTACHMENT.finditer(text))
            numbered = [(f"{d.id}/{p.part}", p.title) for d in documents for p in d.parts if p.part in attachments]
            printed = {key for key, title in numbered if _ATTACHED.search(title)}
            listed = printed or {key for key, _ in numbered}
            named = named & listed or listed
        return tuple(sorted(named | self._whole(named, documents if len(places) > 1 else ())))

    def _whole(self, named: set[str], documents: Sequence[PolicyDocument]) -> set[str]:
        """All parts of the documents of which none is named, where several places are: 湘西附件2和邵阳."""
        of = {key.rpartition("/")[0] for key in named}
        return {f"{d.id}/{p.part}" for d in documents for p in d.parts if named and d.id not in of}

    def unknown_parts(self, text: str) -> tuple[str, ...]:
        """Attachments that no document has: 附件5."""
        most = max((part.part for document in self.documents for part in document.parts), default=0)
        asked = (number(mention.group(mention.lastindex or 1)) or 0 for mention in _ATTACHMENT.finditer(text))
        return tuple(f"附件{each}" for each in asked if each > most)

    def _by_title(self, text: str, spans: list[Span], keys: dict[str, tuple[str, ...]]) -> set[str]:
        """Parts called by their title, or by the stem that tells them apart from their neighbours (公开那份)."""
        squeezed = compact(text)
        named: dict[str, int] = {}
        for key, names in keys.items():
            if said := [len(name) for name in names if name in squeezed]:
                named[key] = max(said)
        for stem, of in self._stems(keys).items():
            for found in re.finditer(rf"{stem}{_PART_TAIL}", text):
                named |= {key: max(named.get(key, 0), len(found.group())) for key in of}
                spans.append(found.span())
        longest = max(named.values(), default=0)
        for name in sorted({name for key in named for name in keys[key]}, key=lambda name: -len(name)):
            spans.extend((m.start(), m.end()) for m in re.finditer(re.escape(name), text))
        stems = {key for key, length in named.items() if length == longest}
        return set(named) if len(stems) in (0, len(named)) or _both(text) else stems

    def _stems(self, keys: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
        """What a title has before 工作要点 and the like, with and without 政务 → the parts that only it names."""
        found: dict[str, set[str]] = {}
        for key in keys:
            document, _, part = key.rpartition("/")
            title = next(d for d in self.documents if d.id == document).part_title(int(part))
            for stem in slots.title_stems(title):
                found.setdefault(stem, set()).add(key)
        return found

    def sections(self, text: str, spans: list[Span]) -> tuple[str, ...]:
        """Printed headings named by their words (放权赋能那部分, or whole in a question for a list) or number (第五部分)."""
        squeezed = compact(text)
        told = bool(_SECTION_NO.search(text) or _OF_SECTION.search(text) or LISTED.search(text))
        named = tuple(name for key, name in self._sections.items() if told and key in squeezed)
        named = named or self._by_words(text)
        mention = _SECTION_NO.search(text)
        if mention is not None:
            spans.append(mention.span())
            mark = f"{chinese_numeral(number(mention.group(1)) or 0)}、"
            numbered = {heading for heading in self._headings if heading.startswith(mark)}
            return tuple(sorted(set(named) & numbered or named or numbered))
        return named

    def _by_words(self, text: str) -> tuple[str, ...]:
        """Headings that hold most of the words right before 部分 or 板块."""
        for mark in _OF_SECTION.finditer(text):
            said = compact(re.split(r"[ ,。?;:(]|的", text[: mark.start()].strip("” "))[-1])
            for length in range(len(said), max(_SECTION_WORDS, len(said) // 2 + 1) - 1, -1):
                held = tuple(name for key, name in self._sections.items() if said[-length:] in key)
                if held:
                    return held
        return ()


def _both(text: str) -> bool:
    return bool(re.search(r"[两二]份|两个要点|和|与|、|都|加", text))
