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

  // Who has opened the page: asked once, while the rest of it loads.
  let me = null;
  const knowing = fetch(new URL("api/v1/me", document.baseURI)).then(response => response.ok ? response.json() : null)
    .catch(() => null).then(known => { me = known; });
  // Every request says for whom the page was opened, so that it is not answered for somebody else.
  const asMe = headers => me?.via === "session" ? { ...headers, "X-Wenzheng-As": encodeURIComponent(me.name) } : { ...headers };
  const signInLink = () => {
    const page = { chat: "/", desk: "/desk", library: "/library" }[document.querySelector("#wz").dataset.page];
    return `signin?next=${encodeURIComponent(page + location.search)}`;
  };
  const ended = () => {
    const bar = document.querySelector(".wz-ended"), link = document.createElement("a");
    link.href = signInLink();
    link.target = "_blank"; // what was written here stays
    link.textContent = texts.again;
    bar.setAttribute("role", "alert");
    bar.replaceChildren(`${texts.ended} `, link);
    bar.hidden = false;
  };
  // A new session of the same account goes on here.
  addEventListener("focus", async () => {
    const bar = document.querySelector(".wz-ended");
    if (bar && !bar.hidden) bar.hidden = await again();
  });
  const again = async () => {
    const response = await fetch(new URL("api/v1/me", document.baseURI)).catch(() => null);
    return Boolean(response?.ok) && (!me || (await response.json()).name === me.name);
  };
  // What a reply that is not good says; a session that has ended is told once, above the page.
  const refused = (status, text) => {
    let told = texts.unreachable;
    try { told = JSON.parse(text).error || told; } catch { /* no JSON: a proxy answered */ }
    if (status === 401) ended();
    return new Error(status === 401 ? texts.ended : told);
  };

  class Unreachable extends Error {}
  const call = async (path, options = {}) => {
    let response;
    try {
      await knowing;
      response = await fetch(new URL(path, document.baseURI), { ...options, headers: asMe(options.headers) });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Unreachable(navigator.onLine ? texts.unreachable : texts.offline);
    }
    if (response.ok) return response;
    throw refused(response.status, await response.text());
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

  // Kept in a cookie as well: the pages to sign in have no script.
  const elderCookie = () => /(?:^|; )wz_elder=([01])/.exec(document.cookie)?.[1];
  const isElder = () => elderCookie() ? elderCookie() === "1" : stored(elderKey, false);
  const keepElder = on => {
    store(elderKey, on);
    const path = new URL(".", document.baseURI).pathname.slice(0, -1) || "/";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `wz_elder=${on ? 1 : 0}; Path=${path}; Max-Age=31536000; SameSite=Lax${secure}`;
  };
  const setElder = on => {
    document.documentElement.classList.toggle("wz-elder-mode", on);
    document.querySelector("[data-act=elder]")?.setAttribute("aria-pressed", String(on));
  };

  setElder(isElder()); // before anything is painted

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
    setElder(isElder());
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
        keepElder(on);
        setElder(on);
        toast(on ? texts.elderOn : texts.elderOff);
      }
      if (button?.dataset.act === "sort") sort(button);
    });
    root.querySelector(".wz-skip").addEventListener("click", event => {
      event.preventDefault();
      root.querySelector("#wz-content").focus();
    });
    knowing.then(() => introduce(root));
    pages[root.dataset.page](root);
  };
  // The way to one's account, or to sign in; the desk only for those who may use it.
  const introduce = root => {
    const link = root.querySelector(".wz-me");
    if (me && !me.permissions.includes("desk")) root.querySelector('nav [href="desk"]')?.remove();
    if (me?.via === "local" || me?.via === "open") link.remove(); // there are no accounts
    else if (me?.name) {
      link.textContent = me.name;
      link.href = "account";
      link.setAttribute("aria-label", texts.accountOf.replace("{name}", me.name));
    } else link.addEventListener("click", () => { link.href = signInLink(); }); // the library moves within its page
    root.dataset.known = "1";
  };

  window.wenzheng = { texts, pages, start, stored, store, forget, toast, copy, call, html, post, lines, save, knowing, asMe, refused };
})();
