"""The one table of settings: name, default, help, environment variable. Read once, passed down."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import InputError


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table. ``kind`` is how the text of the environment variable is read, ``least`` and ``most`` the
    numbers that it can hold.
    """

    name: str
    default: str
    kind: type
    help: str
    least: int = 1
    most: int = 1_000_000

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"WENZHENG_{self.name.upper()}"


TABLE = (
    Setting("home", "", str, "存放新增文件、索引、账号和记录的文件夹；空为本机用户数据目录"),
    Setting("encoder", "", str, "向量模型的文件夹或 sentence-transformers 名称（仅读本地文件）；空为自带模型"),
    Setting("today", "", str, "“今天”的日期（YYYY-MM-DD），用于判断时限是否已过；空为系统日期"),
    Setting("top_k", "10", int, "检索返回的任务行数", most=1000),
    Setting("max_question", "500", int, "问题的最大字数", most=10_000),
    Setting("max_file_mb", "50", int, "可添加文件的最大兆数"),
    Setting("max_pages", "1000", int, "PDF 的最大页数"),
    Setting("max_unpacked_mb", "400", int, "docx、xlsx 解压后的最大兆数"),
    Setting("max_cells", "1000000", int, "一个文件里表格的最大格数", most=100_000_000),
    Setting("max_parse_seconds", "300", int, "解析一个文件的最长秒数", most=3600),
    Setting("max_parse_mb", "4000", int, "解析一个文件可用的最大内存兆数（Linux）"),
    Setting("host", "127.0.0.1", str, "网页服务监听的地址"),
    Setting("port", "7860", int, "网页服务监听的端口", most=65535),
    Setting("workers", "1", int, "回答问题的进程数", most=64),
    Setting("root_path", "", str, "反向代理把服务放在哪个路径下，例如 /wenzheng；空为根路径"),
    Setting(
        "hosts",
        "",
        str,
        "本服务对外的名称，用逗号分开，例如 wenzheng.example.cn；MCP 只接受发给本机名称、地址和这些名称的请求",
    ),
    Setting(
        "database", "", str, "数据库地址，例如 postgresql+psycopg://用户:密码@主机/库；空为数据文件夹里的 SQLite 文件"
    ),
    Setting("open", "no", bool, "yes：没有账号时也允许监听本机以外的地址（谁都能问，看到全部公开文件）"),
    Setting("sign_in", "optional", str, "有账号时：optional 不登录也能问公开文件，required 必须登录"),
    Setting("session_hours", "12", int, "登录后多少小时要重新登录", most=8760),
    Setting("rate", "600", int, "一个账号、密钥或未登录的地址每分钟最多的请求数"),
    Setting("max_seconds", "30", int, "算一个回答、收一个请求的最长秒数（上传为十倍）", most=3600),
    Setting("proxies", "", str, "反向代理的地址，用逗号分开；本机不用写。只有它们说的来路才算数"),
    Setting("keep_questions_days", "30", int, "提问记录（已遮盖个人信息）保留的天数；0 为不记录", 0, 36_500),
    Setting("keep_feedback_days", "730", int, "评价和没有答上的问题（已遮盖个人信息）保留的天数", most=36_500),
    Setting("log", "text", str, "日志的写法：text 或 json"),
    Setting("llm_url", "", str, "语言模型的接口地址（OpenAI 兼容），例如 http://127.0.0.1:11434/v1；空为不用"),
    Setting("llm_model", "", str, "语言模型的名称"),
    Setting("llm_key", "", str, "语言模型接口的密钥；本机模型一般不需要"),
    Setting("llm_seconds", "20", int, "等语言模型写完一个回答的最长秒数，超过就用程序自己的回答", most=3600),
)
_WORDS = {"log": ("text", "json"), "sign_in": ("optional", "required")}  # settings that take one of these


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: megabytes as it is and unpacked, pages, table cells, seconds and megabytes to parse."""

    file_mb: int
    pages: int
    unpacked_mb: int
    cells: int
    seconds: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. Build with ``from_env``. ``set_day``: the date that stands for today, where one is set."""

    home: Path
    encoder: str
    set_day: date | None
    top_k: int
    max_question: int
    max_file_mb: int
    max_pages: int
    max_unpacked_mb: int
    max_cells: int
    max_parse_seconds: int
    max_parse_mb: int
    host: str
    port: int
    workers: int
    root_path: str
    hosts: str
    database: str
    open: bool
    sign_in: str
    session_hours: int
    rate: int
    max_seconds: int
    proxies: str
    keep_questions_days: int
    keep_feedback_days: int
    log: str
    llm_url: str
    llm_model: str
    llm_key: str
    llm_seconds: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
        """Defaults, then the environment, then ``overrides`` that are not None.

        Raises:
            InputError: a value that its setting cannot hold.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for setting in TABLE:
            given = overrides.get(setting.name)
            raw = str(given) if given is not None else environ.get(setting.variable, "") or setting.default
            values[setting.name] = _read(setting, raw)
        values["home"] = Path(str(values["home"])).expanduser() if values["home"] else default_home()
        values["set_day"] = _day(str(values.pop("today")))
        values["root_path"] = _prefix(str(values["root_path"]))
        for name, words in _WORDS.items():
            if values[name] not in words:
                raise InputError(f"应为 {' 或 '.join(words)}，现为“{values[name]}”", where=f"WENZHENG_{name.upper()}")
        return cls(**values)  # type: ignore[arg-type]

    @property
    def today(self) -> date:
        """The date that deadlines are held against; a service that runs for weeks sees it change."""
        return self.set_day or date.today()

    @property
    def limits(self) -> Limits:
        """The limits of one file."""
        return Limits(
            file_mb=self.max_file_mb,
            pages=self.max_pages,
            unpacked_mb=self.max_unpacked_mb,
            cells=self.max_cells,
            seconds=self.max_parse_seconds,
            memory_mb=self.max_parse_mb,
        )


def default_home() -> Path:
    """The platform's user data folder (XDG, AppData, Library)."""
    import platformdirs

    return Path(platformdirs.user_data_dir("wenzheng", appauthor=False))


def _read(setting: Setting, raw: str) -> object:
    if setting.kind is bool:
        return _truth(setting, raw)
    if setting.kind is not int:
        return raw
    try:
        value = int(raw)
    except ValueError:
        value = setting.least - 1
    if not setting.least <= value <= setting.most:
        said = f"应为 {setting.least} 到 {setting.most} 的整数，现为“{raw[:50]}”"
        raise InputError(said, where=setting.variable, hint=setting.help)
    return value


def _truth(setting: Setting, raw: str) -> bool:
    word = raw.casefold()
    if word not in ("yes", "no", "true", "false", "1", "0"):
        raise InputError(f"应为 yes 或 no，现为“{raw}”", where=setting.variable, hint=setting.help)
    return word in ("yes", "true", "1")


def _prefix(raw: str) -> str:
    """A path that starts with / and does not end with one; empty for the root.

    Raises:
        InputError: no such path.
    """
    path = raw.rstrip("/")
    if path and not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+", path):
        raise InputError(f"应为以 / 开头的路径，现为“{raw}”", where="WENZHENG_ROOT_PATH", hint="例如 /wenzheng")
    return path


def _day(raw: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise InputError(f"应为 YYYY-MM-DD，现为“{raw}”", where="WENZHENG_TODAY") from None
