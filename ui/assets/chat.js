// The chat: asks, paints turns, keeps conversations in this browser only.
"use strict";
wenzheng.pages.chat = root => {
  const { texts, stored, store, forget, toast, copy, html, post, lines, save } = wenzheng;
  const KEY = "wenzheng.conversations", MOST = 20, SENT = 10;
  const find = selector => root.querySelector(selector);
  const form = find(".wz-ask"), box = find("#wz-question"), talk = find(".wz-talk"), said = find("#wz-said");
  const first = box.placeholder;
  let turns = [], id = Date.now(), count = 0, waiting = null;

  // -- conversations --

  const history = place => turns.slice(0, place).filter(turn => turn.text).slice(-SENT).flatMap(turn => [
    { role: "user", content: turn.question }, { role: "assistant", content: turn.text },
  ]);
  const keep = () => {
    const others = stored(KEY, []).filter(each => each.id !== id);
    let all = turns.length ? [{ id, turns: turns.map(({ element, ...turn }) => turn) }, ...others] : others;
    all = all.slice(0, MOST);
    while (!store(KEY, all) && all.length > 1) all.pop();
    listPast();
  };
  const listPast = () => {
    const list = find(".wz-past ul"), all = stored(KEY, []);
    list.replaceChildren(...all.map(each => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = each.turns[0].question;
      button.addEventListener("click", () => { find(".wz-past").open = false; open(each); });
      item.append(button);
      return item;
    }));
    find(".wz-past").hidden = !all.length;
  };
  const clear = () => {
    waiting?.abort();
    window.speechSynthesis?.cancel();
    turns = [];
    id = Date.now();
    talk.replaceChildren();
    settle(false);
  };
  // The box stands in the middle of an empty page and below a conversation, in reading order too.
  const settle = talking => {
    const focused = document.activeElement === box;
    root.classList.toggle("wz-talking", talking);
    box.placeholder = talking ? texts.goOn : first;
    if (talking) find("#wz-content").append(form); else find(".wz-lead").after(form);
    if (focused) box.focus({ preventScroll: true });
  };
  const open = kept => {
    clear();
    id = kept.id;
    turns = kept.turns.map(turn => ({ ...turn, element: added() }));
    turns.forEach(turn => { turn.key = turn.element.dataset.key; paint(turn, turn.html.replaceAll(turn.was, turn.key)); });
    turns.forEach(turn => { turn.was = turn.key; });
    settle(true);
    if (turns.length > 1) last().element.scrollIntoView({ block: "start" }); else scrollTo(0, 0);
  };
  const last = () => turns.at(-1);

  // -- turns --

  const added = () => {
    const element = document.createElement("article");
    element.className = "wz-turn";
    element.dataset.key = `t${++count}x${Date.now().toString(36).slice(-5)}`;
    talk.append(element);
    return element;
  };
  const paint = (turn, markup) => {
    turn.element.innerHTML = markup;
    turn.html = markup;
    turn.element.querySelectorAll(".wz-folded").forEach(body => {
      if (body.scrollHeight <= body.clientHeight + 8) unfold(body);
    });
  };
  const unfold = body => {
    body.classList.remove("wz-folded");
    body.parentElement.querySelector("[data-act=unfold]")?.remove();
  };
  const lengthen = list => {
    const first = list.querySelector("tbody tr:nth-child(16)");
    list.classList.remove("wz-short");
    list.querySelector("[data-act=lengthen]")?.remove();
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
  };
  const heading = question => {
    const title = document.createElement("h2");
    title.className = "wz-question";
    title.textContent = question;
    return title.outerHTML;
  };
  const wait = turn => {
    paint(turn, `${heading(turn.question)}<p class="wz-waiting" role="status">${texts.waiting}</p>`);
  };
  const fail = (turn, message) => {
    wait(turn);
    const notice = document.createElement("div");
    notice.className = "wz-failed";
    notice.setAttribute("role", "alert");
    notice.innerHTML = '<p></p><button type="button" data-act="retry"></button>';
    notice.firstChild.textContent = message;
    notice.lastChild.textContent = texts.retry;
    turn.element.querySelector(".wz-waiting").replaceWith(notice);
    turn.html = turn.text = "";
  };

  const run = async turn => {
    waiting?.abort();
    waiting = new AbortController();
    const mine = waiting;
    turn.element.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => { if (!turn.html) wait(turn); }, 150);
    try {
      const body = { question: turn.question, history: history(turns.indexOf(turn)), filters: turn.filters, key: turn.key };
      await lines(await post("ui/ask", body, { signal: mine.signal }), line => {
        clearTimeout(slow);
        if (line.error) return fail(turn, line.error);
        const { html: markup, ...kept } = line;
        const first = !turn.text;
        Object.assign(turn, kept, { was: turn.key });
        paint(turn, markup);
        turn.element.querySelector(".wz-answer").classList.toggle("wz-fresh", first);
      });
      if (turn.text) {
        said.textContent = texts.answered + turn.element.querySelector(".wz-body").innerText;
        keep();
      }
    } catch (error) {
      if (error.name !== "AbortError") fail(turn, error.message);
      else if (!turn.text) { turns = turns.filter(each => each !== turn); turn.element.remove(); }
    } finally {
      clearTimeout(slow);
      turn.element.removeAttribute("aria-busy");
    }
  };
  const ask = question => {
    question = question.trim();
    if (!question) { toast(texts.empty); return box.focus(); }
    settle(true);
    const element = added(), turn = { question, filters: {}, key: element.dataset.key, element };
    turns.push(turn);
    element.innerHTML = heading(question);
    if (turns.length > 1) element.scrollIntoView({ block: "start" }); else scrollTo(0, 0);
    box.value = "";
    grow();
    return run(turn);
  };
  const turnOf = element => turns.find(turn => turn.element === element.closest(".wz-turn"));

  // -- what buttons do --

  const plain = turn => turn.element.querySelector(".wz-body").innerText.trim();
  const exported = async (turn, kind) => {
    const body = { question: turn.question, history: history(turns.indexOf(turn)), filters: turn.filters };
    await save(await post(`ui/export/${kind}`, body), kind);
  };
  const vote = async (turn, helpful, reason = "") => {
    const body = { question: turn.question, rows: turn.rows.slice(0, 50), helpful, reason };
    const answer = await (await post("ui/vote", body)).json();
    const group = turn.element.querySelector(".wz-vote");
    group.textContent = answer.said;
    group.tabIndex = -1;
    group.focus();
    turn.html = turn.element.innerHTML;
    keep();
  };
  const speak = (turn, button) => {
    if (!("speechSynthesis" in window)) return toast(texts.noVoice);
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    const words = new SpeechSynthesisUtterance(plain(turn).replace(/\[\d+\]/g, ""));
    words.lang = "zh-CN";
    words.rate = 0.9;
    words.onstart = () => { button.textContent = texts.stop; };
    words.onend = words.onerror = () => { button.textContent = texts.speak; };
    speechSynthesis.speak(words);
  };
  const context = async button => {
    const place = button.closest(".wz-card").querySelector(".wz-context"), shown = !place.hidden;
    if (!shown && !place.innerHTML) place.innerHTML = await html(`ui/context?row=${encodeURIComponent(button.dataset.row)}`);
    place.hidden = shown;
    button.setAttribute("aria-expanded", String(!shown));
  };
  const refilter = (turn, name, values) => {
    turn.filters = { ...turn.filters, [name]: values };
    return run(turn).then(() => turn.element.querySelector(`select[data-filter=${name}]`)?.focus());
  };
  const actions = {
    ask: button => ask(button.textContent),
    new: () => { clear(); toast(texts.newStarted); box.focus(); },
    forget: () => { forget(KEY); clear(); listPast(); toast(texts.forgotten); box.focus(); },
    retry: (button, turn) => { turn.html = ""; return run(turn); },
    unfold: (button, turn) => { const body = turn.element.querySelector(".wz-folded"); unfold(body); body.tabIndex = -1; body.focus(); },
    lengthen: button => lengthen(button.closest(".wz-list")),
    copy: (button, turn) => copy(plain(turn)),
    sourced: (button, turn) => copy([turn.question, plain(turn), turn.sources].filter(Boolean).join("\n\n")),
    markdown: (button, turn) => exported(turn, "markdown"),
    excel: (button, turn) => exported(turn, "excel"),
    link: (button, turn) => copy(`${location.origin}${location.pathname}?q=${encodeURIComponent(turn.question)}`),
    speak: (button, turn) => speak(turn, button),
    good: (button, turn) => vote(turn, true),
    bad: (button, turn) => {
      const why = turn.element.querySelector(".wz-why");
      why.hidden = false;
      button.setAttribute("aria-expanded", "true");
      why.querySelector("input").focus();
    },
    context: button => context(button),
    unfilter: (button, turn) => refilter(turn, button.dataset.filter, []),
  };
  const safely = async action => {
    try { await action(); } catch (error) { toast(error.message); }
  };
  root.addEventListener("click", event => {
    const button = event.target.closest("[data-act]"), action = actions[button?.dataset.act];
    if (action) safely(() => action(button, button.closest(".wz-turn") && turnOf(button)));
    const mark = event.target.closest(".wz-ref");
    if (mark) {
      event.preventDefault();
      const target = document.getElementById(mark.hash.slice(1));
      const short = target?.closest(".wz-short");
      if (short) lengthen(short);
      if (target) { target.scrollIntoView({ block: "nearest" }); target.focus({ preventScroll: true }); }
    }
  });
  root.addEventListener("change", event => {
    const select = event.target.closest("select[data-filter]");
    if (!select) return;
    const name = select.dataset.filter, values = select.value ? select.value.split("|") : [];
    safely(() => refilter(turnOf(select), name, name === "years" ? values.map(Number) : values));
  });
  root.addEventListener("submit", event => {
    event.preventDefault();
    if (event.target === form) ask(box.value);
    if (event.target.classList.contains("wz-why")) {
      safely(() => vote(turnOf(event.target), false, event.target.querySelector("input").value));
    }
  });

  // A mark and its card light up together, while either is pointed at or has the focus.
  const lit = { pointer: null, focus: null };
  const light = (how, element) => {
    lit[how] = element?.closest?.("[data-n]") || null;
    talk.querySelectorAll("[data-n]").forEach(each => each.classList.toggle("wz-lit", Object.values(lit).some(
      about => about?.dataset.n === each.dataset.n && about.closest(".wz-turn") === each.closest(".wz-turn"),
    )));
  };
  talk.addEventListener("mouseover", event => light("pointer", event.target));
  talk.addEventListener("mouseleave", () => light("pointer", null));
  talk.addEventListener("focusin", event => light("focus", event.target));
  talk.addEventListener("focusout", () => light("focus", null));

  // Enter asks, Shift+Enter starts a line; an input method that is still composing keeps its Enter.
  const grow = () => { box.style.height = "auto"; if (box.value) box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`; };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(box.value); }
  });

  settle(false);
  listPast();
  html("ui/welcome").then(markup => { find(".wz-examples").innerHTML = markup; }).catch(error => toast(error.message));
  const question = new URLSearchParams(location.search).get("q");
  if (question) ask(question);
  else if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
};
