// What all pages share: messages, elder mode, copying, and asking the server that the page came from.
"use strict";
(() => {
  const texts = {}, pages = {}, elderKey = "wenzheng.elder";

  // The browser may refuse storage (private windows); everything works without it.
  const stored = (key, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
  };
  const store = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  };
  const forget = key => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };

  let toastTimer;
  const toast = message => {
    const box = document.querySelector(".wz-toast");
    box.textContent = "";
    requestAnimationFrame(() => { box.textContent = message; });
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.textContent = ""; }, 4000);
  };

  const copy = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = Object.assign(document.createElement("textarea"), { value: text });
      const focused = document.activeElement;
      document.body.append(box);
      box.select();
      const copied = document.execCommand("copy");
      box.remove();
      focused?.focus();
      if (!copied) return toast(texts.notCopied);
    }
    toast(done || texts.copied);
  };

  class Unreachable extends Error {}
  const call = async (path, options = {}) => {
    let response;
    try {
      response = await fetch(new URL(path, document.baseURI), options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Unreachable(navigator.onLine ? texts.unreachable : texts.offline);
    }
    if (response.ok) return response;
    let told = texts.unreachable;
    try { told = (await response.json()).error || told; } catch { /* no JSON: a proxy answered */ }
    throw new Error(told);
  };
  const html = async (path, options) => (await call(path, options)).text();
  const post = (path, body, options) => call(path, {
    ...options, method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  // Lines of JSON as they come.
  const lines = async (response, each) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value || "";
      const whole = rest.split("\n");
      rest = whole.pop();
      whole.filter(Boolean).forEach(line => each(JSON.parse(line)));
      if (done) return;
    }
  };

  const save = async (response, name) => {
    const disposition = response.headers.get("Content-Disposition") || "";
    const named = /filename\*=UTF-8''([^;]+)/.exec(disposition);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = named ? decodeURIComponent(named[1]) : name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    toast(texts.exported);
  };

  const setElder = on => {
    document.documentElement.classList.toggle("wz-elder-mode", on);
    document.querySelector("[data-act=elder]")?.setAttribute("aria-pressed", String(on));
  };

  setElder(stored(elderKey, false)); // before anything is painted

  // Tables sort by the value of a cell, or by its text; a second click turns the order.
  const sort = button => {
    const head = button.closest("th"), body = head.closest("table").tBodies[0];
    const place = [...head.parentElement.children].indexOf(head);
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = row => row.cells[place].dataset.sort || row.cells[place].textContent.trim();
    const order = new Intl.Collator("zh-CN", { numeric: true });
    [...body.rows].sort((a, b) => order.compare(value(a), value(b)) * (up ? 1 : -1)).forEach(row => body.append(row));
  };

  const start = element => {
    const root = element.querySelector("#wz");
    if (!root || root.dataset.started) return;
    root.dataset.started = "1";
    Object.assign(texts, JSON.parse(root.dataset.texts));
    document.title = root.dataset.title;
    document.querySelector(".wz-opening")?.remove();
    setElder(stored(elderKey, false));
    const offline = root.querySelector(".wz-offline");
    const told = () => {
      offline.hidden = navigator.onLine;
      offline.textContent = navigator.onLine ? "" : texts.offline;
    };
    addEventListener("online", told);
    addEventListener("offline", told);
    told();
    root.addEventListener("click", event => {
      const button = event.target.closest("[data-act]");
      if (button?.dataset.act === "elder") {
        const on = !document.documentElement.classList.contains("wz-elder-mode");
        store(elderKey, on);
        setElder(on);
        toast(on ? texts.elderOn : texts.elderOff);
      }
      if (button?.dataset.act === "sort") sort(button);
    });
    root.querySelector(".wz-skip").addEventListener("click", event => {
      event.preventDefault();
      root.querySelector("#wz-content").focus();
    });
    pages[root.dataset.page](root);
  };

  window.wenzheng = { texts, pages, start, stored, store, forget, toast, copy, call, html, post, lines, save };
})();
