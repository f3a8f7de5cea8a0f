"""The frame of the pages: name, the way to the other pages, elder mode, and a place for messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from assistant.schema import PolicyDocument
from ui import texts
from ui.views.cards import edition


def shell(page: str, content: str) -> str:
    """A page: ``page`` is its name in the navigation, ``content`` its HTML."""
    links = "".join(
        f'<a href="{"./" if name == "chat" else name}"{" aria-current=page" if name == page else ""}>{label}</a>'
        for name, label in texts.NAVIGATION.items()
    )
    return (
        f'<div class="wz" id="wz" data-page="{page}" data-title="{texts.TITLES[page]}" '
        f'data-texts="{escape(json.dumps(texts.SCRIPT, ensure_ascii=False))}">'
        f'<a class="wz-skip" href="#wz-content">{texts.SKIP}</a>'
        f'<div class="wz-top"><a class="wz-name" href="./">{texts.NAME}</a>'
        f'<nav aria-label="{texts.MENU}">{links}</nav>'
        f'<a class="wz-me" href="signin">{texts.SIGN_IN}</a>'
        f'<button type="button" class="wz-elder" data-act="elder" aria-pressed="false">{texts.ELDER}</button></div>'
        '<p class="wz-ended" hidden></p>'
        '<p class="wz-offline" role="status" hidden></p>'
        f'<div id="wz-content" class="wz-content" tabindex="-1">{content}</div>'
        '<div class="wz-toast" role="status" aria-live="polite"></div></div>'
    )


def chat_page(longest: int) -> str:
    """The chat before the first question; examples come from the library when the page opens."""
    return (
        f'<h1 class="wz-hidden">{texts.NAME}</h1>'
        f'<div class="wz-bar"><button type="button" class="wz-quiet" data-act="new">{texts.NEW}</button>'
        f'<details class="wz-past"><summary>{texts.PAST}</summary><ul></ul>'
        f'<button type="button" class="wz-quiet" data-act="forget">{texts.SCRIPT["forget"]}</button></details></div>'
        f'<section class="wz-welcome"><p class="wz-big">{texts.ASK_TITLE}</p><p class="wz-lead">{texts.ASK_HINT}</p>'
        '<div class="wz-examples"></div></section>'
        f'<div class="wz-talk" role="region" aria-label="{texts.CONVERSATION}"></div>'
        '<p class="wz-hidden" role="status" aria-live="polite" id="wz-said"></p>'
        f'<form class="wz-ask"><label class="wz-hidden" for="wz-question">{texts.QUESTION}</label>'
        f'<textarea id="wz-question" rows="1" maxlength="{longest}" placeholder="{texts.PLACEHOLDER}" '
        f'enterkeyhint="send" autocomplete="off"></textarea><button id="wz-send">{texts.SEND}</button></form>'
    )


def welcome(topics: Sequence[str], places: Sequence[str], documents: Sequence[PolicyDocument], rows: int) -> str:
    """Examples by topic and by place, and what is covered."""
    groups = "".join(
        f"<section><h2>{title}</h2><ul>{''.join(_example(question) for question in questions)}</ul></section>"
        for title, questions in ((texts.BY_TOPIC, topics), (texts.BY_PLACE, places))
        if questions
    )
    covered = "、".join(dict.fromkeys(edition(document) for document in documents))
    total = escape(texts.COVERED.format(editions=covered, rows=rows)) if documents else texts.LIBRARY_EMPTY
    return f'{groups}<p class="wz-covered">{total} <a href="library">{texts.LIBRARY_TITLE}</a></p>'


def _example(question: str) -> str:
    return f'<li><button type="button" data-act="ask">{escape(question)}</button></li>'


def notice(message: str) -> str:
    """A failure in the place of an answer, with a way to try again."""
    return (
        f'<div class="wz-failed" role="alert"><p class="wz-notice">{texts.FAILED}</p><p>{escape(message)}</p>'
        f'<button type="button" data-act="retry">{texts.SCRIPT["retry"]}</button></div>'
    )
