"""Speed of search beside two widely used stacks, on the same rows, with the same words and the same encoder.

LangChain's ``EnsembleRetriever`` (rank_bm25 and FAISS) and LlamaIndex's ``QueryFusionRetriever`` (bm25s and FAISS) need
the extra ``[bench]``; each system runs in a process of its own, with telemetry off. Lines of ``make bench``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import index
from assistant.library.catalogue import shipped_corpus
from assistant.parse import parse_file
from assistant.schema import Encoder, ParsedDocument, ParseReport, TaskRow
from assistant.settings import Settings
from assistant.state import State
from assistant.text import Analyser

SIZES = (291, 10_000, 100_000)
NEEDED = ("langchain_classic", "langchain_community", "llama_index.retrievers.bm25", "llama_index.vector_stores.faiss")
TOP_K = 10
ROUNDS = 5
QUIET = {
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
QUESTIONS = (
    "政策问答平台怎么建",
    "小程序用户数要达到多少",
    "政务云扩容",
    "适老化改造什么时候完成",
    "12345热线一呼即应改革",
    "电子证照在哪些领域应用",
    "跨省通办的业务规则",
    "政务数据共享平台升级",
    "告知承诺制的信用监管",
    "惠民惠农财政补贴公开",
    "规范性文件集中公开",
    "营商环境评价的结果怎么用",
    "园区项目极简审批",
    "数据要素市场化配置改革",
    "好差评的差评怎么处置",
    "中介服务超市的监管",
    "行政许可事项清单",
    "政务公开第三方评估",
    "网络身份认证试点",
    "疫情防控信息发布",
)
Search = Callable[[str], Sequence[Any]]
Line = tuple[str, str, str]


def synthetic_rows(size: int) -> list[TaskRow]:
    """The shipped rows, or as many as asked, each of clauses drawn from them."""
    shipped = [row for path in sorted(shipped_corpus().glob("*.yaml")) for row in parse_file(path).rows]
    clauses = [clause for row in shipped for clause in re.split("[，。；]", row.text) if clause]
    drawn, made = random.Random(0), shipped[:size]
    while len(made) < size:
        like, text = drawn.choice(shipped), "，".join(drawn.sample(clauses, drawn.randint(2, 6)))
        made.append(replace(like, text=text, heading=drawn.choice(shipped).heading))
    document = made[0].document
    return [
        replace(row, id=f"{document}/1/{item}", document=document, part=1, item=item)
        for item, row in enumerate(made, 1)
    ]


def ours(rows: Sequence[TaskRow]) -> State:
    """Everything of ours: understanding, filters, all rankings, evidence; and answers, composed and proved."""
    document = parse_file(shipped_corpus() / f"{rows[0].document}.yaml").document
    snapshot = index.build_snapshot([ParsedDocument(document, tuple(rows), ParseReport())], {}, "")
    return State.of("", snapshot, Settings.from_env({}, top_k=TOP_K), None, frozenset())


def langchain(rows: Sequence[TaskRow]) -> Search:
    """rank_bm25 and FAISS, joined by weighted reciprocal ranks."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    analyser, encoder, texts = _shared(rows)

    class Ours(Embeddings):  # type: ignore[misc]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in encoder.encode(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    lexical = BM25Retriever.from_texts(texts, preprocess_func=analyser.words, k=TOP_K)
    dense = FAISS.from_texts(texts, Ours()).as_retriever(search_kwargs={"k": TOP_K})
    both = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    return lambda question: list(both.invoke(question))


def llama_index(rows: Sequence[TaskRow]) -> Search:
    """bm25s and FAISS, joined by reciprocal ranks; the texts are cut into words beforehand, as bm25s asks."""
    import faiss
    from llama_index.core import Settings, StorageContext, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    analyser, encoder, texts = _shared(rows)

    class Ours(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in encoder.encode([text.replace(" ", "") for text in texts])]

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    Settings.llm, Settings.embed_model, Settings.tokenizer = MockLLM(), Ours(embed_batch_size=2048), str.split
    nodes = [TextNode(text=" ".join(analyser.words(text))) for text in texts]
    lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=TOP_K, skip_stemming=True, token_pattern=r"\S+")
    store = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(encoder.dims)))
    dense = VectorStoreIndex(nodes, storage_context=store).as_retriever(similarity_top_k=TOP_K)
    both = QueryFusionRetriever(
        [lexical, dense], mode="reciprocal_rerank", similarity_top_k=TOP_K, num_queries=1, use_async=False
    )
    return lambda question: list(both.retrieve(" ".join(analyser.words(question))))


OURS = "本项目"
SYSTEMS: dict[str, Callable[[Sequence[TaskRow]], Search]] = {
    OURS: lambda rows: ours(rows).search,
    "LangChain（rank_bm25 + FAISS）": langchain,
    "LlamaIndex（bm25s + FAISS）": llama_index,
}


def _shared(rows: Sequence[TaskRow]) -> tuple[Analyser, Encoder, list[str]]:
    """What all systems have in common: words, encoder, and the texts of the rows."""
    from assistant.index.build import topic_text, unit_text
    from assistant.index.encoder import open_encoder

    analyser = Analyser({unit for row in rows for unit in row.lead_units + row.responsible_units})
    return analyser, open_encoder("", analyser), [f"{topic_text(row)} {unit_text(row)}" for row in rows]


def measured(system: str, size: int) -> dict[str, float]:
    """Seconds to index, peak megabytes, and milliseconds a question at the median and the 95th percentile."""
    rows = synthetic_rows(size)
    start = time.perf_counter()
    state = ours(rows) if system == OURS else None
    search: Search = state.search if state is not None else SYSTEMS[system](rows)
    built = time.perf_counter() - start
    for question in QUESTIONS:  # the first time loads dictionaries and compiles
        search(question)
    taken = []
    for number in range(ROUNDS * len(QUESTIONS)):
        begun = time.perf_counter()
        found = search(QUESTIONS[number % len(QUESTIONS)])
        taken.append((time.perf_counter() - begun) * 1e3)
        if not found:
            raise SystemExit(f"{system}：没有找到 {QUESTIONS[number % len(QUESTIONS)]}")
    peak = peak_mb()
    answers = [_seconds(lambda q=q: state.ask(q)) * 1e3 for q in QUESTIONS * ROUNDS] if state is not None else [0.0]  # type: ignore[misc]
    return {
        "answer": statistics.median(answers) - (statistics.median(taken) if state is not None else 0.0),
        "index": built,
        "memory": peak,
        "p50": statistics.median(taken),
        "p95": sorted(taken)[int(len(taken) * 0.95)],
    }


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def peak_mb() -> float:
    """The most memory that this process has held, in megabytes (Linux; ``ru_maxrss`` counts what it was forked from)."""
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(held.group(1)) / 1024 if held else 0.0


def installed() -> bool:
    """Whether the stacks to compare with are there."""
    try:
        return all(importlib.util.find_spec(name) is not None for name in NEEDED)
    except ModuleNotFoundError:
        return False


def lines(sizes: Sequence[int] = SIZES) -> list[Line]:
    """Every system at every size, each beside ours."""
    if not installed():
        return [("与 LangChain、LlamaIndex 对比", "—", '未安装：pip install -e ".[bench]"')]
    table: list[Line] = []
    for size in sizes:
        figures = {system: _in_fresh_process(system, size) for system in SYSTEMS}
        mine = figures[OURS]
        for system, each in figures.items():
            beside = (
                ""
                if each is mine
                else "，".join(f"{name}是本项目的 {each[key] / mine[key]:.1f} 倍" for key, name in _SAID)
            )
            cost = f"p50 {each['p50']:.1f}、p95 {each['p95']:.1f} 毫秒；索引 {each['index']:.1f} 秒，内存 {each['memory']:.0f} MB"
            table.append((f"检索，{size:,} 行：{system}", cost, beside))
        table.append((f"回答，{size:,} 行：检索之后写出并核对", f"p50 {mine['answer']:.1f} 毫秒", ""))
    return table


_SAID = (("p50", "p50 "), ("p95", "p95 "), ("index", "索引时间"), ("memory", "内存"))


def _in_fresh_process(system: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", "eval.peers", system, str(size)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=os.environ | QUIET
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
