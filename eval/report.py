"""Runs as Markdown tables and a chart."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from eval.measures import ANSWER, SEARCH
from eval.question_set import CATEGORIES
from eval.runs import Run
from eval.systems import MEANING, MODES

NAMES = {
    "everyday": "日常说法",
    "noisy": "有错字、口语",
    "staff": "业务用语",
    "responsible": "谁负责",
    "list": "列举计数",
    "ordinal": "第几项",
    "compare": "比较",
    "followup": "追问",
    "unanswerable": "不能回答",
    "all": "全部",
}
_ANSWER_NAMES = {
    "precision": "引用准确率",
    "recall": "引用召回率",
    "facts": "事实全对",
    "right refusal": "该拒而拒",
    "wrong refusal": "不该拒而拒",
}


def collection_name(run: Run) -> str:
    """A collection and split in words."""
    split = {"tune": "，调整用", "test": "，测试用", "all": ""}[run.split]
    if run.corpus == "shipped":
        return f"自带文件{split}"
    if run.corpus == "second":
        return f"第二批问题{split}"
    if run.corpus == "cities":
        return "没见过的文件：三份虚构城市的文件"
    if run.corpus.startswith("unseen-"):
        return f"没见过的文件：只有{run.corpus.removeprefix('unseen-')}年的，向量模型用其他年份训练{split}"
    return f"{Path(run.corpus).name}{split}"


def markdown(runs: Sequence[Run]) -> str:
    """All runs: a table of nDCG@10 by category for each collection, the measures of search and of answers."""
    parts = [_made_by(runs)]
    for name in dict.fromkeys(collection_name(run) for run in runs):
        here = sorted((run for run in runs if collection_name(run) == name), key=_place)
        parts.append(f"## {name}\n\n检索，nDCG@10：\n\n{_by_category(here)}")
        best = [run for run in here if not run.without][-1]
        parts.append(f"检索的各项指标，{MEANING[best.mode]}：\n\n{_details(best)}")
        if best.mode == "full":
            parts.append(f"回答：\n\n{_answers(best)}")
    return "\n\n".join(parts) + "\n"


def _place(run: Run) -> tuple[int, tuple[str, ...]]:
    return MODES.index(run.mode), run.without


def _made_by(runs: Sequence[Run]) -> str:
    stamps = sorted({f"版本 {run.version}，向量模型 {run.encoder}" for run in runs})
    return f"{platform.system()} {platform.machine()}，Python {platform.python_version()}；{'；'.join(stamps)}。"


def _by_category(runs: Sequence[Run]) -> str:
    means = [run.means() for run in runs]
    categories = [c for c in (*CATEGORIES, "all") if any("nDCG@10" in table.get(c, {}) for table in means)]
    counts = [
        sum("nDCG@10" in each.values for each in runs[0].asked if c in ("all", each.category)) for c in categories
    ]
    head = ["", *(f"{NAMES[c]}（{n}）" for c, n in zip(categories, counts, strict=True))]
    lines = [
        [_meaning(run), *(_figure(table.get(c, {}).get("nDCG@10")) for c in categories)]
        for run, table in zip(runs, means, strict=True)
    ]
    return _table(head, lines)


def _meaning(run: Run) -> str:
    return f"　去掉 {'、'.join(run.without)}" if run.without else MEANING[run.mode]


def _details(run: Run) -> str:
    means = run.means()
    rows = [c for c in means if "nDCG@10" in means[c]]
    return _table(["", *SEARCH], [[NAMES[c], *(_figure(means[c].get(m)) for m in SEARCH)] for c in rows])


def _answers(run: Run) -> str:
    means = run.means()
    lines = [[f"{NAMES[c]}（{means[c]['n']:.0f}）", *(_figure(means[c].get(m)) for m in ANSWER)] for c in means]
    return _table(["", *(_ANSWER_NAMES[m] for m in ANSWER)], lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def chart(runs: Sequence[Run], path: Path) -> None:
    """nDCG@10 by category, a bar a mode; one panel a collection. Written as SVG, the same bytes for the same runs."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    panels = list(dict.fromkeys((run.corpus, run.split) for run in runs))
    with mpl.rc_context({"svg.hashsalt": "wenzheng", "svg.fonttype": "none", "font.size": 9}):
        figure, axes = plt.subplots(len(panels), 1, figsize=(10, 2.6 * len(panels)), squeeze=False)
        for axis, panel in zip(axes[:, 0], panels, strict=True):
            here = sorted((r for r in runs if (r.corpus, r.split) == panel and not r.without), key=_place)
            means = [run.means() for run in here]
            categories = [c for c in (*CATEGORIES, "all") if any("nDCG@10" in table.get(c, {}) for table in means)]
            width = 0.8 / len(here)
            for number, (run, table) in enumerate(zip(here, means, strict=True)):
                heights = [table.get(c, {}).get("nDCG@10", 0.0) for c in categories]
                axis.bar([i + number * width for i in range(len(categories))], heights, width, label=run.mode)
            axis.set_xticks([i + 0.4 - width / 2 for i in range(len(categories))], categories)
            axis.set(ylim=(0, 1), ylabel="nDCG@10", title=f"{Path(panel[0]).name}, {panel[1]}")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, ncol=len(MODES), loc="upper center", frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.3 / (2.6 * len(panels))))
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)
