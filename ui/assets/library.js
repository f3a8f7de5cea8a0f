// The library: pages within the page, each with an address of its own, and files on their way in.
"use strict";
wenzheng.pages.library = root => {
  const { texts, toast, call, html, post, lines, save, knowing, asMe, refused } = wenzheng;
  const content = root.querySelector("#wz-content");
  let typing, running;

  const show = async (query, { push = true, keepFocus = false } = {}) => {
    running?.abort();
    const mine = running = new AbortController();
    try {
      const markup = await html(`ui/library?${query}`, { signal: mine.signal });
      if (mine !== running) return;
      const field = keepFocus && document.activeElement?.name, at = field && document.activeElement.selectionStart;
      const open = Object.assign(document.createElement("div"), { className: "wz-library", innerHTML: markup });
      content.replaceChildren(open);
      open.querySelectorAll(".wz-seeing, .wz-upload form").forEach(withOwner);
      const address = `library${query ? `?${query}` : ""}`;
      if (push) history[keepFocus ? "replaceState" : "pushState"](null, "", address); // narrowing is no new page
      const title = open.querySelector("h1");
      document.title = `${title.textContent} · ${root.dataset.title}`;
      if (field) {
        const again = open.querySelector(`.wz-filters [name=${field}]`);
        again?.focus();
        if (at != null && again?.setSelectionRange) again.setSelectionRange(at, at);
      } else if (push) { title.tabIndex = -1; title.focus({ preventScroll: true }); scrollTo(0, 0); }
    } catch (error) {
      if (error.name !== "AbortError") failed(error.message);
    }
  };
  const failed = message => {
    const notice = document.createElement("div");
    notice.className = "wz-failed";
    notice.setAttribute("role", "alert");
    notice.innerHTML = '<h1></h1><p></p><a href="library"></a>';
    notice.children[0].textContent = root.dataset.title;
    notice.children[1].textContent = message;
    notice.children[2].textContent = texts.retry;
    content.replaceChildren(notice);
  };
  const wanted = form => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
    return String(query);
  };
  const here = () => {
    const asked = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!asked) return;
    asked.querySelector("details")?.setAttribute("open", "");
    asked.scrollIntoView({ block: "center" });
    asked.focus({ preventScroll: true });
  };

  root.addEventListener("click", async event => {
    const file = event.target.closest("a[download]");
    if (!file || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try { await save(await call(file.href), "xlsx"); } catch (error) { toast(error.message); }
  });
  root.addEventListener("click", event => {
    const link = event.target.closest('a[href^="library"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(new URL(link.href).search.slice(1));
  });
  root.addEventListener("submit", event => {
    event.preventDefault();
    if (event.target.classList.contains("wz-filters")) show(wanted(event.target), { keepFocus: true });
    else if (event.target.closest(".wz-upload")) look(event.target);
    else if (event.target.classList.contains("wz-seeing")) confirmSeeing(event.target);
  });
  root.addEventListener("change", event => {
    const form = event.target.closest(".wz-filters");
    if (event.target.type === "file") event.target.previousElementSibling.textContent = event.target.files[0]?.name || texts.noFile;
    if (form && event.target.matches("select")) show(wanted(form), { keepFocus: true });
    if (event.target.name === "visibility") {
      withOwner(event.target.form);
      if (event.target.form.classList.contains("wz-seeing")) unconfirm(event.target.form);
    }
  });
  root.addEventListener("input", event => {
    const form = event.target.closest(".wz-filters");
    if (!form || event.target.name !== "q" || event.isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(() => show(wanted(form), { keepFocus: true }), 250);
  });
  addEventListener("popstate", () => show(location.search.slice(1), { push: false }));

  // -- who may see a document --

  const withOwner = form => { form.querySelector(".wz-owner").hidden = form.elements.visibility.value !== "unit"; };
  const unconfirm = form => {
    form.querySelectorAll("[data-for]").forEach(note => { note.hidden = true; });
    form.querySelector(".wz-confirming").hidden = true;
    form.querySelector(".wz-step").textContent = "";
  };
  const confirmSeeing = form => {
    unconfirm(form);
    const note = form.querySelector(`[data-for=${form.elements.visibility.value}]`), button = form.querySelector("[data-act=see]");
    note.hidden = false;
    button.textContent = note.dataset.confirm;
    form.querySelector(".wz-confirming").hidden = false;
    button.focus();
  };
  const see = async (form, button) => {
    const { id, visibility, owner, reviewed } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    try {
      const done = await (await post("ui/visibility", { id, visibility, owner: visibility === "unit" ? owner : "", reviewed })).json();
      await show(location.search.slice(1), { push: false });
      content.querySelector(".wz-editing summary")?.focus();
      toast(done.said);
    } catch (error) {
      form.querySelector(".wz-step").textContent = error.message;
    } finally {
      button.disabled = false;
    }
  };
  root.addEventListener("click", event => {
    const button = event.target.closest("[data-act]"), form = button?.closest(".wz-seeing");
    if (button?.dataset.act === "see") see(form, button);
    if (button?.dataset.act === "unsee") { unconfirm(form); form.elements.visibility.focus(); }
  });

  // -- files --

  const upload = () => content.querySelector(".wz-upload");
  const step = message => { upload().querySelector(".wz-step").textContent = message; };
  const progress = share => {
    const bar = upload().querySelector("progress");
    bar.hidden = share === null;
    if (share === undefined) bar.removeAttribute("value"); else if (share !== null) bar.value = share;
  };
  const address = (path, form, force) => {
    const data = new FormData(form), file = data.get("file");
    const query = new URLSearchParams({ name: file.name, size: file.size, id: data.get("id"), title: data.get("title"), force });
    const visibility = data.get("visibility"), reviewed = upload().querySelector("[name=reviewed]")?.value.trim();
    if (visibility) query.set("visibility", visibility);
    if (visibility === "unit") query.set("owner", data.get("owner"));
    if (reviewed) query.set("reviewed", reviewed);
    return [new URL(`${path}?${query}`, document.baseURI), file];
  };
  // fetch does not tell how much has been sent.
  const sent = (url, file) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(asMe())) request.setRequestHeader(name, value);
    request.upload.onprogress = event => {
      const share = event.loaded / event.total;
      progress(share < 1 ? share : undefined);
      step(share < 1 ? texts.sending.replace("{share}", Math.round(share * 100)) : texts.parsing);
    };
    request.onload = () => {
      if (request.status === 200) return resolve(request.responseText);
      reject(refused(request.status, request.responseText));
    };
    request.onerror = () => reject(new Error(texts.unreachable));
    request.send(file);
  });
  const look = async form => {
    const report = upload().querySelector(".wz-report"), [url, file] = address("ui/upload/parse", form, false);
    report.replaceChildren();
    if (!file.size) return step(texts.noFile);
    form.querySelector("button").disabled = true;
    try {
      await knowing;
      report.innerHTML = await sent(url, file);
      step("");
      const title = report.querySelector("h3");
      title.tabIndex = -1;
      title.focus();
    } catch (error) {
      step(error.message);
    } finally {
      progress(null);
      form.querySelector("button").disabled = false;
    }
  };
  const publish = async button => {
    const form = upload().querySelector("form"), [url, file] = address("ui/upload/publish", form, Boolean(button.dataset.force));
    const reason = upload().querySelector("[name=reviewed]");
    if (reason && !reason.value.trim()) { step(texts.reviewNeeded); return reason.focus(); }
    button.disabled = true;
    step(texts.publishing);
    try {
      const response = await call(url, { method: "POST", body: file });
      let done;
      await lines(response, line => {
        if (line.error) throw new Error(line.error);
        if (line.step) { step(line.step); progress(line.share); }
        if (line.html) done = line.html;
      });
      await show("", { push: false });
      upload().querySelector(".wz-report").innerHTML = done;
      upload().querySelector(".wz-report").scrollIntoView({ block: "nearest" });
      toast(upload().querySelector(".wz-report").innerText);
    } catch (error) {
      button.disabled = false;
      step(error.message);
      progress(null);
    }
  };
  root.addEventListener("click", event => {
    const button = event.target.closest("[data-act]");
    if (button?.dataset.act === "publish") publish(button);
    if (button?.dataset.act === "discard") { upload().querySelector("form").reset(); upload().querySelector(".wz-report").replaceChildren(); }
  });

  show(location.search.slice(1), { push: false }).then(here);
};
