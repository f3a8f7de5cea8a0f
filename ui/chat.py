"""The chat page: Gradio components and what happens when they are used."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.faults import record_fault
from assistant.schema import Answer
from assistant.service import Assistant
from assistant.state import State
from ui import views

_SUGGESTIONS = 3
Messages = list[dict[str, Any]]
Update = dict[str, Any]


class Chat:
    """One page over one assistant. Nothing of a conversation is kept on the server."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def page(self) -> gr.Blocks:
        """The components, wired."""
        assistant = self._assistant
        examples = views.example_questions(assistant.rows(), assistant.documents())
        with gr.Blocks(title="问政", analytics_enabled=False, fill_width=True) as blocks:
            gr.HTML(views.header(assistant.documents(), len(assistant.rows())))
            asked = gr.State({})
            with gr.Row(elem_classes="wz-main"):
                with gr.Column(scale=3, min_width=320):
                    chatbot = gr.Chatbot(
                        show_label=False,
                        elem_id="wz-chat",
                        height="58vh",
                        buttons=["copy"],
                        feedback_options=None,
                        allow_tags=False,
                        placeholder="**请用平常的话提问**\n\n例如点下面的问题",
                        examples=[{"text": question} for question in examples],
                    )
                    suggestions = [
                        gr.Button(visible=False, size="sm", elem_classes="wz-next") for _ in range(_SUGGESTIONS)
                    ]
                    with gr.Row(elem_classes="wz-ask"):
                        box = gr.Textbox(
                            show_label=False,
                            label="问题",
                            placeholder="例如：12345热线改革由谁牵头？",
                            max_length=assistant.settings.max_question,
                            scale=8,
                            min_width=160,
                            elem_id="wz-question",
                            autofocus=True,
                        )
                        send = gr.Button("提问", variant="primary", scale=1, min_width=80, elem_id="wz-send")
                with gr.Column(scale=2, min_width=320):
                    gr.HTML('<h2 class="wz-title">依据</h2>')
                    cards = gr.HTML(views.nothing_cited(), elem_id="wz-evidence")
                    feedback = _Feedback()
            shown = [box, chatbot, cards, asked, *suggestions, *feedback.components]
            box.submit(self.answer, [box, chatbot], shown, api_name="ask", queue=False)
            send.click(self.answer, [box, chatbot], shown, api_visibility="private", queue=False)
            chatbot.example_select(_example, None, box, api_visibility="private", queue=False).then(
                self.answer, [box, chatbot], shown, api_visibility="private", queue=False
            )
            for button in suggestions:
                button.click(self.answer, [button, chatbot], shown, api_visibility="private", queue=False)
            chatbot.clear(_cleared, None, shown[2:], api_visibility="private", queue=False)
            feedback.wire(self, asked)
        page: gr.Blocks = blocks
        return page

    def answer(self, question: str, messages: Messages) -> tuple[Any, ...]:
        """The next state of the page after a question."""
        question = (question or "").strip()
        state = self._assistant.state  # one for the answer and the rows that it cites
        given = self._ask(state, question, messages)
        turns = [
            *messages,
            {"role": "user", "content": question or "（空）"},
            {"role": "assistant", "content": given.text},
        ]
        rows = [state.row(citation.row) for citation in given.citations]
        asked = {"question": question, "rows": [row.id for row in rows]}
        buttons = [gr.update(value=text, visible=True) for text in given.suggestions[:_SUGGESTIONS]]
        buttons += [_hidden() for _ in range(_SUGGESTIONS - len(buttons))]
        return "", turns, views.evidence(given, rows), asked, *buttons, *_Feedback.offered()

    def _ask(self, state: State, question: str, messages: Messages) -> Answer:
        try:
            given = state.ask(question, views.history(messages))
            if question and given.reason:
                self._assistant.feedback.unanswered(given.question, given.reason)
        except AssistantError as error:
            return Answer(question=question, intent="refuse", answerable=False, text=str(error), reason=str(error))
        except Exception:
            told = record_fault(self._assistant.settings.home)
            return Answer(question=question, intent="refuse", answerable=False, text=told, reason=told)
        return given

    def vote(self, asked: dict[str, Any], helpful: bool, reason: str = "") -> None:
        """Records a vote on the answer last given."""
        if asked.get("question"):
            self._assistant.feedback.vote(asked["question"], asked["rows"], helpful, reason)


class _Feedback:
    """有用 / 没用 with a reason; shown once there is an answer."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="wz-feedback") as self._group:
            self._status = gr.Markdown("这个回答有用吗？")
            with gr.Row():
                self._good = gr.Button("有用", size="sm", min_width=80, elem_id="wz-good")
                self._bad = gr.Button("没用", size="sm", min_width=80, elem_id="wz-bad")
            with gr.Row(visible=False) as self._why:
                self._reason = gr.Textbox(
                    label="哪里不对？（可不填）", max_length=500, scale=4, min_width=160, elem_id="wz-reason"
                )
                self._submit = gr.Button("提交", size="sm", scale=1, min_width=80, elem_id="wz-submit")

    @property
    def components(self) -> tuple[Any, ...]:
        """What an answer resets, in the order of ``offered``."""
        return self._group, self._status, self._good, self._bad, self._why, self._reason

    @staticmethod
    def offered() -> tuple[Update, ...]:
        """The state in which a vote is asked for."""
        ask = gr.update(value="这个回答有用吗？")
        return _visible(), ask, _visible(), _visible(), _hidden(), gr.update(value="")

    @staticmethod
    def _thanks() -> tuple[Update, ...]:
        return gr.update(value="已记下，谢谢。"), _hidden(), _hidden(), _hidden()

    def wire(self, chat: Chat, asked: gr.State) -> None:
        """Connects the buttons."""

        def good(state: dict[str, Any]) -> tuple[Update, ...]:
            chat.vote(state, True)
            return self._thanks()

        def bad(reason: str, state: dict[str, Any]) -> tuple[Update, ...]:
            chat.vote(state, False, reason or "")
            return self._thanks()

        after = [self._status, self._good, self._bad, self._why]
        self._good.click(good, asked, after, api_visibility="private", queue=False)
        self._bad.click(_visible, None, self._why, api_visibility="private", queue=False)
        for trigger in (self._submit.click, self._reason.submit):
            trigger(bad, [self._reason, asked], after, api_visibility="private", queue=False)


def _cleared() -> tuple[Any, ...]:
    """The page without cards, suggestions and vote, as ``shown`` from the cards on."""
    suggestions = [_hidden() for _ in range(_SUGGESTIONS)]
    return views.nothing_cited(), {}, *suggestions, _hidden(), *_Feedback.offered()[1:]


# A new update each time: Gradio takes the one it is given apart.
def _visible() -> Update:
    return dict(gr.update(visible=True))


def _hidden() -> Update:
    return dict(gr.update(visible=False))


def _example(event: gr.SelectData) -> str:
    return str(event.value["text"])
