// The desk: searches while the agent types, everything by keys.
"use strict";
wenzheng.pages.desk = root => {
  const { texts, stored, store, toast, copy, html } = wenzheng;
  const RECENT = "wenzheng.desk.recent", PINS = "wenzheng.desk.pins", SINGLE = "wenzheng.desk.single";
  const PAUSE = 90, MOST = 8;
  const find = selector => root.querySelector(selector);
  const box = find("#wz-call"), found = find(".wz-found"), said = find("#wz-said"), single = find("#wz-single");
  const blank = found.innerHTML;
  const DONE = { card: "copiedCard", dispatch: "copiedDispatch", reply: "copiedReply" };
  let timer, running, asked = "";

  const pinned = () => {
    const query = new URLSearchParams();
    root.querySelectorAll("select[data-pin]").forEach(select => {
      if (select.value) query.append(select.dataset.pin, select.value);
    });
    return query;
  };
  const search = async () => {
    const question = box.value.trim();
    running?.abort();
    if (!question) { found.innerHTML = blank; asked = ""; box.setAttribute("aria-expanded", "false"); return; }
    const mine = running = new AbortController();
    const query = pinned();
    query.set("q", question);
    try {
      const markup = await html(`ui/desk/search?${query}`, { signal: mine.signal });
      if (mine !== running) return;
      found.innerHTML = markup;
      asked = question;
      const results = options();
      box.setAttribute("aria-expanded", String(results.length > 0));
      mark(current());
      const nowhere = found.querySelector(".wz-nowhere .wz-notice");
      said.textContent = nowhere ? nowhere.textContent : texts.results.replace("{count}", results.length);
    } catch (error) {
      if (error.name !== "AbortError") toast(error.message);
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(search, PAUSE); };

  const options = () => [...found.querySelectorAll("[role=option]")];
  const current = () => options().findIndex(option => option.getAttribute("aria-selected") === "true");
  const mark = place => {
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === place)));
    const option = options()[place];
    if (option) { box.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else box.removeAttribute("aria-activedescendant");
  };
  let drawing;
  const choose = async place => {
    const option = options()[place];
    if (!option) return;
    mark(place);
    drawing?.abort();
    drawing = new AbortController();
    try {
      const row = encodeURIComponent(option.dataset.row);
      find("#wz-card").innerHTML = await html(`ui/desk/card?row=${row}`, { signal: drawing.signal });
    } catch (error) {
      if (error.name !== "AbortError") toast(error.message);
    }
  };
  const copied = what => {
    const text = find(`#wz-card [data-copy=${what}]`);
    if (text) copy(text.textContent, texts[DONE[what]]);
  };

  // -- recent questions and pinned filters stay in this browser --

  const remember = question => {
    if (!question) return;
    store(RECENT, [question, ...stored(RECENT, []).filter(each => each !== question)].slice(0, MOST));
    listRecent();
  };
  const listRecent = () => {
    const all = stored(RECENT, []);
    find(".wz-recent").hidden = !all.length;
    find(".wz-recent ul").replaceChildren(...all.map(question => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = question;
      button.addEventListener("click", () => { box.value = question; box.focus(); search(); });
      item.append(button);
      return item;
    }));
  };
  const loadPins = async () => {
    find(".wz-pins").innerHTML = await html("ui/desk/pins");
    const kept = stored(PINS, {});
    root.querySelectorAll("select[data-pin]").forEach(select => {
      if ([...select.options].some(option => option.value === kept[select.dataset.pin])) select.value = kept[select.dataset.pin];
      select.closest(".wz-filter").classList.toggle("set", Boolean(select.value));
    });
  };

  // -- keys --

  const select = async () => {
    clearTimeout(timer);
    if (box.value.trim() !== asked) await search();
    remember(asked);
    find("#wz-card")?.focus();
  };
  box.addEventListener("input", soon);
  root.addEventListener("keydown", event => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inBox = event.target === box, inList = inBox || event.target.closest("#wz-card, #wz-list");
    const inField = event.target.matches("input, select, textarea");
    if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp") && options().length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1, all = options().length;
      choose(current() < 0 ? (step > 0 ? 0 : all - 1) : (current() + step + all) % all);
    } else if (inBox && event.key === "Enter") {
      event.preventDefault();
      select();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (inBox) { box.value = ""; search(); } else { box.focus(); box.select(); }
    } else if (single.checked && !inField && "123".includes(event.key) && event.target.closest("#wz-card")) {
      event.preventDefault();
      copied(["card", "dispatch", "reply"][event.key - 1]);
    }
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || !single.checked || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  root.addEventListener("click", event => {
    const button = event.target.closest("[data-act=copy]"), option = event.target.closest("[role=option]");
    if (button) copied(button.dataset.what);
    if (option) {
      remember(asked);
      choose(options().indexOf(option)).then(() => {
        const card = find("#wz-card");
        if (card.getBoundingClientRect().top > innerHeight / 2) card.scrollIntoView({ block: "start" });
      });
    }
  });
  root.addEventListener("change", event => {
    const pin = event.target.closest("select[data-pin]");
    if (pin) {
      store(PINS, { ...stored(PINS, {}), [pin.dataset.pin]: pin.value });
      pin.closest(".wz-filter").classList.toggle("set", Boolean(pin.value));
      search();
    }
    if (event.target === single) store(SINGLE, single.checked);
  });

  single.checked = stored(SINGLE, true);
  listRecent();
  const question = new URLSearchParams(location.search).get("q");
  if (question) box.value = question;
  loadPins().then(search).catch(error => toast(error.message));
  box.focus({ preventScroll: true });
};
