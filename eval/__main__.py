"""``python -m eval``: run, compare, report, score, texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.errors import AssistantError, InputError
from eval import report as reports
from eval import risk, runs, texts
from eval.collection import names, open_collection
from eval.compare import compare as compared
from eval.compare import differences
from eval.measures import SEARCH, read_trec, search_values
from eval.question_set import FOLDER, Split
from eval.systems import MODES, PARTS, Mode

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="评测检索和回答。")
Corpus = Annotated[
    str,
    typer.Option("--corpus", metavar="范围", help=f"{'、'.join(names())}，一个问题文件（.jsonl），或一个数据文件夹"),
]
Part = Annotated[Split, typer.Option("--split", help="哪一部分问题")]
Measure = Annotated[str, typer.Option("--measure", help="比较哪项指标")]
_RUN = typer.Argument(metavar="运行", help="eval/runs 下的名称，或文件夹")


@app.command("run")
def run_command(
    mode: Annotated[Literal[Mode, "all"], typer.Option("--mode", help="检索方式；all 为全部")] = "full",
    corpus: Corpus = "shipped",
    split: Part = "test",
    without: Annotated[str, typer.Option("--without", help=f"去掉哪些部分再测，逗号分开：{'、'.join(PARTS)}")] = "",
) -> None:
    """运行评测，结果存入 eval/runs。"""
    collection = open_collection(corpus, split, _parts(without))
    for each in MODES if mode == "all" else (mode,):
        run = runs.run(each, collection)
        place = runs.save(run, runs.RUNS)
        failed = sum(bool(asked.error) for asked in run.asked)
        overall = run.means()["all"]
        figures = "，".join(f"{name} {value:.3f}" for name, value in overall.items() if name != "n")
        typer.echo(f"{place.name}：{overall['n']:.0f} 个问题{f'，{failed} 个出错' if failed else ''}；{figures}")


def _parts(given: str) -> frozenset[str]:
    parts = frozenset(filter(None, given.split(",")))
    if unknown := sorted(parts - set(PARTS)):
        raise InputError(f"没有“{unknown[0]}”这一部分", where="--without", hint=f"可用：{'、'.join(PARTS)}")
    return parts


@app.command("compare")
def compare_command(
    first: Annotated[Path, _RUN],
    second: Annotated[Path, _RUN],
    measure: Measure = "nDCG@10",
    show: Annotated[int, typer.Option("--show", min=0, help="列出变化最大的问题，好坏各若干个")] = 10,
) -> None:
    """比较两次运行：逐题差别、胜负和配对检验。"""
    found = differences(runs.load(first), runs.load(second), measure)
    typer.echo(f"{measure}　第一：{first.name}　第二：{second.name}")
    typer.echo("| | 题数 | 第一 | 第二 | 差 | 胜 | 负 | p |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for line in compared(found):
        gain = line.second - line.first
        name = reports.NAMES[line.category]
        figures = f"{line.n} | {line.first:.3f} | {line.second:.3f} | {gain:+.3f} | {line.wins} | {line.losses}"
        typer.echo(f"| {name} | {figures} | {line.p:.3f} |")
    changed = sorted((each for each in found if each.gain), key=lambda each: (each.gain, each.qid))
    for title, chosen in (("变差", changed[:show]), ("变好", changed[::-1][:show])):
        for each in chosen:
            if (each.gain > 0) == (title == "变好"):
                typer.echo(f"{title} {each.qid} {each.first:.3f} → {each.second:.3f} {each.question}")


@app.command("report")
def report_command(
    chosen: Annotated[list[Path] | None, _RUN] = None,
    chart: Annotated[Path | None, typer.Option("--chart", metavar="文件", help="另存图（SVG）")] = None,
) -> None:
    """把运行结果写成 Markdown 表格；默认为 eval/runs 下全部。"""
    places = chosen or (sorted(path.parent for path in runs.RUNS.glob("*/run.json")) if runs.RUNS.is_dir() else [])
    loaded = [runs.load(place) for place in places]
    if not loaded:
        raise InputError("还没有运行结果", where=str(runs.RUNS), hint="先运行 python -m eval run")
    order = list(names())
    loaded.sort(key=lambda run: (order.index(run.corpus) if run.corpus in order else len(order), run.split != "tune"))
    typer.echo(reports.markdown(loaded), nl=False)
    if chart is not None:
        reports.chart(loaded, chart)


@app.command("risk")
def risk_command(
    run: Annotated[Path, _RUN],
    chart: Annotated[Path | None, typer.Option("--chart", metavar="文件", help="另存图（SVG）")] = None,
) -> None:
    """风险和覆盖：把握的门槛定在哪里，会答错多少、拒掉多少。"""
    points = risk.curve(runs.load(run).asked)
    typer.echo(risk.markdown(points))
    if chart is not None:
        risk.chart(points, chart)


@app.command("score")
def score_command(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="别的程序的检索结果，TREC 格式：题号 Q0 行号 名次 得分 名称")
    ],
    corpus: Corpus = "shipped",
    split: Part = "test",
) -> None:
    """给别的程序的检索结果打分。"""
    collection = open_collection(corpus, split)
    relevant = {question.qid: question.relevant for question in collection.questions if question.relevant}
    values = search_values(relevant, read_trec(file, relevant, {row.id for row in collection.assistant.rows()}))
    for name in SEARCH:
        typer.echo(f"{name} {sum(each[name] for each in values.values()) / len(values):.3f}")


@app.command("texts")
def texts_command(
    files: Annotated[list[Path] | None, typer.Argument(metavar="文件", help="JSONL；默认为全部问题")] = None,
    field: Annotated[str, typer.Option("--field", help="文字所在的键")] = "question",
) -> None:
    """检查成批写的文字是否雷同；有近似重复时退出码为 1。"""
    found = texts.sameness(
        [text for file in files or sorted(FOLDER.glob("*.jsonl")) for text in texts.read_texts(file, field)]
    )
    opening, times = found.most_common_opening
    typer.echo(
        f"{found.texts} 条，平均 {found.characters} 字；{found.openings} 种开头，最多的“{opening}”{times} 次；"
        f"首尾相同的 {found.framed:.1%}；近似重复 {len(found.pairs)} 对"
    )
    for first, second, similar in found.pairs:
        typer.echo(f"{similar:.2f}　{first}　｜　{second}")
    if found.pairs:
        raise typer.Exit(1)


def main() -> None:
    """Runs the command line; an expected error is one line and exit code 1."""
    try:
        app()
    except AssistantError as error:
        typer.echo(f"错误：{error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
