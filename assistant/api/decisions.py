"""Who may call which address: one decision for each, ours and Gradio's. What has none is not served at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPMethod

from starlette.routing import compile_path

from assistant.access import PERMISSIONS, Permission


@dataclass(frozen=True, slots=True)
class Decision:
    """What an address needs: a permission, or None where anyone may come; or that it is not served (``never``).

    ``counts``: it is work, and so falls under the limits on how much is asked and how long it may take; files of the
    page and connections that stay open do not.
    """

    method: str
    path: str
    need: Permission | None = None
    never: bool = False
    counts: bool = False


# One line an address: what it needs, the methods, the path as the router has it.
_WORK = """
open       GET          /signin
open       POST         /signin
open       POST         /signout
read       GET          /account
read       POST         /account
read       POST         /api/v1/ask
read       POST         /api/v1/compare
read       POST         /api/v1/feedback
read       GET          /api/v1/search
read       GET          /api/v1/rows
read       GET          /api/v1/rows/{document}/{part}/{item}
read       GET          /api/v1/documents
read       GET          /api/v1/units
read       GET          /api/v1/me
edit       POST         /api/v1/documents
edit       DELETE       /api/v1/documents/{id}
edit       PUT          /api/v1/documents/{id}/visibility
questions  GET          /api/v1/questions
manage     GET          /api/v1/audit
read       POST         /v1/chat/completions
read       GET          /v1/models
read       GET          /v1/models/{id}
read       POST         /mcp
read       GET          /ui/welcome
read       POST         /ui/ask
read       GET          /ui/context
read       POST         /ui/export/{kind}
read       POST         /ui/vote
read       GET          /ui/library
read       GET          /ui/library/excel
desk       GET          /ui/desk/pins
desk       GET          /ui/desk/search
desk       GET          /ui/desk/card
edit       POST         /ui/upload/parse
edit       POST         /ui/upload/publish
edit       POST         /ui/visibility
read       POST         /gradio_api/run/{api_name}
read       POST         /gradio_api/run/{api_name}/
read       POST         /gradio_api/api/{api_name}
read       POST         /gradio_api/api/{api_name}/
read       POST         /gradio_api/call/{api_name}
read       POST         /gradio_api/call/{api_name}/
read       POST         /gradio_api/call/v2/{api_name}
read       POST         /gradio_api/call/v2/{api_name}/
read       POST         /gradio_api/queue/join
"""
_PAGES = """
open       GET          /healthz
open       GET          /readyz
metrics    GET          /metrics
read       GET          /api/v1/openapi.json
open       GET          /wz/{path:path}
read       GET,HEAD     /
read       GET          /library
read       GET          /library/
desk       GET          /desk
desk       GET          /desk/
read       GET          /config
read       GET          /config/
open       GET          /svelte/{path:path}
open       GET          /static/{path:path}
open       GET          /assets/{path:path}
open       GET          /favicon.ico
open       GET          /theme.css
open       GET          /robots.txt
read       GET          /gradio_api/info
read       GET          /gradio_api/info/
read       GET          /gradio_api/theme.css
read       GET          /gradio_api/app_id
read       GET          /gradio_api/app_id/
read       GET          /gradio_api/startup-events
read       GET          /gradio_api/heartbeat/{session_hash}
read       GET          /gradio_api/call/{api_name}/{event_id}
read       GET          /gradio_api/call/v2/{api_name}/{event_id}
read       GET          /gradio_api/queue/data
read       GET          /gradio_api/queue/status
read       POST         /gradio_api/reset
read       POST         /gradio_api/reset/
read       POST         /gradio_api/cancel
"""
# What Gradio has and our pages do not need: files, streams, proxies, sign-ins of its own, run histories, tools for
# developers. Nothing of it is served to anyone.
_NEVER = """
GET,HEAD   /openapi.json
POST       /login
POST       /login/
GET        /logout
GET        /pwa_icon
GET        /pwa_icon/{size}
GET        /manifest.json
GET        /monitoring
GET        /monitoring/summary
GET        /monitoring/{key}
GET        /gradio_api/openapi.json
GET        /gradio_api/deep_link
GET        /gradio_api/user
GET        /gradio_api/user/
GET        /gradio_api/login_check
GET        /gradio_api/login_check/
GET        /gradio_api/token
GET        /gradio_api/token/
GET        /gradio_api/dev/reload
GET        /gradio_api/runs
GET        /gradio_api/runs/
POST       /gradio_api/run-history/connect
GET        /gradio_api/run-history/buckets
GET        /gradio_api/run-history/records
GET        /gradio_api/run-history/records/{endpoint}/{record_id}/assets/{asset_id}
GET        /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
GET,HEAD   /gradio_api/proxy={url_path:path}
GET,HEAD   /gradio_api/file={path_or_url:path}
GET        /gradio_api/file/{path:path}
POST       /gradio_api/stream/{event_id}
POST       /gradio_api/stream/{event_id}/close
GET        /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
GET        /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
GET        /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
POST       /gradio_api/component_server
POST       /gradio_api/component_server/
POST       /gradio_api/upload
GET        /gradio_api/upload_progress
POST       /gradio_api/process_recording
POST       /gradio_api/vibe-edit
POST       /gradio_api/vibe-edit/
POST       /gradio_api/undo-vibe-edit
POST       /gradio_api/undo-vibe-edit/
GET,POST   /gradio_api/vibe-code
GET,POST   /gradio_api/vibe-code/
POST       /gradio_api/vibe-starter-queries
POST       /gradio_api/vibe-starter-queries/
"""


def _table() -> tuple[Decision, ...]:
    found: list[Decision] = []
    for lines, counts in ((_WORK, True), (_PAGES, False)):
        for line in lines.strip().splitlines():
            word, methods, path = line.split()
            need = next((each for each in PERMISSIONS if each == word), None)
            found += [Decision(each, path, need, counts=counts) for each in methods.split(",")]
    for line in _NEVER.strip().splitlines():
        methods, path = line.split()
        found += [Decision(each, path, never=True) for each in methods.split(",")]
    return tuple(found)


DECISIONS = _table()
_EXACT: Mapping[tuple[str, str], Decision] = {
    (each.method, each.path): each for each in DECISIONS if "{" not in each.path
}
_PATTERNS: tuple[tuple[re.Pattern[str], Decision], ...] = tuple(
    (compile_path(each.path)[0], each) for each in DECISIONS if "{" in each.path
)


def decided(method: str, path: str) -> Decision | None:
    """The decision for a request; None where there is none. HEAD is as GET where it has none of its own."""
    if (exact := _EXACT.get((method, path))) is not None:
        return exact
    found = next((each for pattern, each in _PATTERNS if each.method == method and pattern.match(path)), None)
    return decided(HTTPMethod.GET, path) if found is None and method == HTTPMethod.HEAD else found


def methods_of(path: str) -> list[str]:
    """The methods that an address takes, for those who use another one."""
    found = {each.method for each in _EXACT.values() if each.path == path and not each.never}
    return sorted(found | {each.method for pattern, each in _PATTERNS if not each.never and pattern.match(path)})
