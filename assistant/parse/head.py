"""What a document says of itself: title, place, year, number, issuer, date; nothing is guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import lexicon
from assistant.lexicon import Place
from assistant.parse.blocks import Block, DraftPart, Paragraph
from assistant.parse.fields import dates, doc_numbers
from assistant.parse.marks import LEVELS, tidy

_DAY = re.compile(r"^(20\d{2})年(\d{1,2})月(\d{1,2})日$")
_NOTICE = re.compile(r"关于.*的通知$")
_ISSUED_BY = re.compile(r"(20\d{2})年(\d{1,2})月(\d{1,2})日\s*[，,]\s*([^，,。《]{4,40}?)印发《")
_QUOTED = re.compile(r"《[^《》]*》")
_OWN_NUMBER = re.compile(r"^\S{2,14}[〔\[（(【]\s*20\d{2}\s*[〕\]）)】]\s*\d+\s*号$")
_YEAR = re.compile(r"(20\d{2})\s*年")
_ANY_PLACE = re.compile(r"^([\u4e00-\u9fff]{2,6}?(?:县|市|区|旗|州))(?:人民政府|政务|行政|委员会|关于)")
_LEADING_YEAR = re.compile(r"^20\d{2}年度?")
_LEVEL_PREFIX = re.compile(r"^([省市州县区])[^直]")


@dataclass(frozen=True, slots=True)
class Head:
    """The facts of a document's head; None where it does not say."""

    title: str
    place: str | None
    level: str | None
    slug: str | None
    year: int | None
    doc_number: str | None
    issuer: str | None
    issued_on: str | None


def read_head(blocks: Sequence[Block], parts: Sequence[DraftPart]) -> Head:
    """The head of a document, from the lines before its first mark and, for the place, from its units."""
    lines = _preamble(blocks)
    notice = _notice(lines)
    issuer, issued_on = _issuer(lines)
    title = notice or _joint_title(parts) or (lines[0] if lines else "")
    place = _place(issuer or "", title, parts)
    number = next((doc_numbers(line) for line in lines if _OWN_NUMBER.match(line)), ())
    if issuer is None and notice and "关于印发" in notice:
        issuer = notice.split("关于印发", 1)[0] or None
    return Head(
        title=title,
        place=place[0] if place else None,
        level=place[1] if place else None,
        slug=_slug(place[2]) if place else None,
        year=_year([title, *(part.title for part in parts)], parts, issued_on),
        doc_number=number[0] if number else None,
        issuer=issuer,
        issued_on=issued_on,
    )


def _preamble(blocks: Sequence[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        text = tidy(block.text.lstrip("#")) if isinstance(block, Paragraph) else "一、"
        if any(mark.match(text) for mark in LEVELS):
            break
        lines += [text] if text else []
    return lines


def _notice(lines: Sequence[str]) -> str | None:
    """The title "……关于印发……的通知", joined where it is wrapped over up to five lines."""
    for start in range(len(lines)):
        for end in range(start + 1, min(start + 5, len(lines)) + 1):
            joined = "".join(lines[start:end])
            if "。" not in joined and _NOTICE.search(joined) and "关于" in lines[start]:
                return joined
    return None


def _joint_title(parts: Sequence[DraftPart]) -> str:
    """The first part's title; where several parts have titles of their own, it says how many."""
    titles = list(dict.fromkeys(part.title for part in parts if part.title))
    return f"{titles[0]}等{len(titles)}份" if len(titles) > 1 else "".join(titles)


def _issuer(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """The body that signs above the date, wrapped lines joined; or the one that a report says issued it."""
    for index, line in enumerate(lines):
        if (day := _DAY.match(line)) and index:
            name = lines[index - 1]
            start = index - 1
            while start > 0 and not name.startswith(_place_names()) and len(name) < 40 and "。" not in lines[start - 1]:
                start -= 1
                name = lines[start] + name
            body = name if name.startswith(_place_names()) else lines[index - 1]
            return body, _iso(*day.groups())
        if found := _ISSUED_BY.search(line):
            year, month, number, body = found.groups()
            return body.strip(), _iso(year, month, number)
    return None, None


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _place_names() -> tuple[str, ...]:
    return tuple(name for place in lexicon.places() for name in place.names)


def _place(issuer: str, title: str, parts: Sequence[DraftPart]) -> tuple[str, str, str] | None:
    """Name, level and short name: from the issuer, the title's own words, else the units of the rows."""
    for source in (issuer, _QUOTED.sub("", title) if not title.startswith("《") else ""):
        if place := _known(source):
            return place
        if found := _ANY_PLACE.match(_LEADING_YEAR.sub("", source)):
            return found.group(1), found.group(1)[-1], found.group(1)[:-1]
    return _place_of_units(parts)


def _known(source: str) -> tuple[str, str, str] | None:
    source = _LEADING_YEAR.sub("", source).removeprefix("中共")
    fitting = [place for place in lexicon.places() if source.startswith(place.names)]
    best = max(fitting, key=lambda place: max(len(n) for n in place.names if source.startswith(n)), default=None)
    return (display_name(best), best.level, best.short) if best else None


def display_name(place: Place) -> str:
    """The shortest name that still says the level: 湘西州, 邵阳市, 湖南省."""
    full = [name for name in place.names if name.endswith(place.level)]
    return min(full, key=len) if full else place.name


def _place_of_units(parts: Sequence[DraftPart]) -> tuple[str, str, str] | None:
    """The level that most unit names begin with, and the one place of that level that units are named after."""
    units = [unit for part in parts for row in part.rows for unit in row.lead_units + row.responsible_units]
    levels = Counter(found.group(1) for unit in units if (found := _LEVEL_PREFIX.match(unit)))
    if not levels:
        return None
    level = levels.most_common(1)[0][0]
    named = {
        place.short: place
        for unit in set(units)
        for place in lexicon.places()
        if place.level == level and unit.startswith(place.names)
    }
    if len(named) != 1:
        return None
    place = next(iter(named.values()))
    return display_name(place), place.level, place.short


def _year(titles: Sequence[str], parts: Sequence[DraftPart], issued_on: str | None) -> int | None:
    years = Counter(int(year) for title in titles for year in _YEAR.findall(title))
    if not years:
        cells = [row.deadline for part in parts for row in part.rows]
        years = Counter(int(day.end[:4]) for cell in cells for day in dates(cell, None) if day.end)
    if years:
        return min(years, key=lambda year: (-years[year], year))
    return int(issued_on[:4]) if issued_on else None


def _slug(short: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(short))
