"""A language model behind any OpenAI-compatible endpoint. Optional: the extra ``[llm]`` and the setting ``llm_url``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from assistant.errors import InputError, WriterError
from assistant.settings import Settings

_LONGEST = 4_000  # characters that are read of one text


class ChatModel:
    """Writes with one model of one endpoint, within a time that the settings give for a whole text."""

    def __init__(self, settings: Settings) -> None:
        """Opens no connection.

        Raises:
            InputError: the package is not installed, or no model is named.
        """
        try:
            from openai import OpenAI
        except ImportError:
            raise InputError(
                "使用语言模型需要另装组件", where="WENZHENG_LLM_URL", hint='pip install "wenzheng[llm]"'
            ) from None
        if not settings.llm_model:
            raise InputError("没有写明语言模型的名称", where="WENZHENG_LLM_MODEL", hint="例如 qwen2.5:7b")
        self._model, self._seconds = settings.llm_model, settings.llm_seconds
        self._client: Any = OpenAI(
            base_url=settings.llm_url,
            api_key=settings.llm_key or "none",
            timeout=settings.llm_seconds,
            max_retries=0,
        )

    def write(self, instructions: str, material: str) -> Iterator[str]:
        """See ``Writer``."""
        from openai import OpenAIError

        begun, length = time.monotonic(), 0
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": material}]
        try:
            stream = self._client.chat.completions.create(
                model=self._model, messages=messages, temperature=0, seed=0, stream=True
            )
            for chunk in stream:
                if time.monotonic() - begun > self._seconds:
                    raise WriterError(f"语言模型超过 {self._seconds} 秒没有写完")
                piece = (chunk.choices[0].delta.content or "") if chunk.choices else ""
                length += len(piece)
                if length > _LONGEST:
                    raise WriterError("语言模型写得太长")
                if piece:
                    yield piece
        except OpenAIError as error:
            raise WriterError(f"语言模型不可用（{type(error).__name__}）") from error
