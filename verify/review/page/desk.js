"use strict";
// The review desk: shows one recording after the other, and sends what the person says.
(() => {
  const id = (name) => document.getElementById(name);
  const desk = id("desk");
  const player = document.querySelector("[data-player]");
  const audio = player.querySelector("audio");
  const keys = player.querySelector("[data-keys]");
  const answers = [...document.querySelectorAll("[data-answer]")];
  const marks = { match: "✓", swapped: "⇄", unusable: "✗", undecided: "?" };
  const said = { customer_left: "left is the customer", agent_left: "left is the agent", cannot_tell: "cannot tell", unusable: "not usable" };
  let current = null; // the recording that is shown
  let left = "";      // who is shown on its left
  let busy = false;   // something is being asked for

  const sentences = (fault) => [fault.error, fault.hint].filter(Boolean).map((s) => s[0].toUpperCase() + s.slice(1) + ".").join(" ");

  // Asks the server. An error is told to the person.
  const ask = async (path, body) => {
    const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    let reply;
    try {
      reply = await fetch(path, options);
    } catch {
      throw new Error("The desk does not answer. Start otoscope review again, and open its new link.");
    }
    if (reply.ok) return reply;
    let told = `The desk answers ${reply.status}.`;
    try {
      const fault = await reply.json();
      told = sentences(fault);
    } catch { /* the status says it */ }
    const error = new Error(told);
    error.status = reply.status;
    throw error;
  };
  const trouble = (text) => {
    id("trouble").hidden = !text;
    id("trouble").textContent = text;
  };

  // Does one thing at a time: keys that come meanwhile are dropped.
  const once = async (work) => {
    if (busy) return;
    busy = true;
    id("recording").setAttribute("aria-busy", "true");
    trouble("");
    try {
      await work();
    } catch (error) {
      trouble(error.message);
      if (error.status === 409) await load({ path: "/api/next", body: { after: current?.key ?? 0 } }).catch((e) => trouble(e.message));
    } finally {
      busy = false;
      id("recording").removeAttribute("aria-busy");
    }
  };
  const load = async ({ path, body }) => {
    const reply = await (await ask(path, body)).json();
    id("told").textContent = reply.told;
    tellProgress(reply.progress);
    if (reply.recording || path === "/api/next" || path === "/api/answer") await show(reply.recording);
    if (id("list").open) list();
  };
  const tellProgress = (p) => {
    id("far").textContent = p.words;
    id("bar").max = Math.max(p.of, 1);
    id("bar").value = p.done;
    id("agrees").textContent = p.agrees;
    id("interval").textContent = p.interval ? p.interval[0].toUpperCase() + p.interval.slice(1) : "";
  };

  // Shows a recording; null: nothing is left.
  const show = async (recording) => {
    current = recording;
    audio.pause();
    if (audio.hasAttribute("src")) {
      audio.removeAttribute("src");
      audio.load();
    }
    player.waiting = id("at-once").checked;
    id("recording").hidden = !recording;
    id("nothing").hidden = !!recording;
    if (!recording) {
      id("done").focus();
      return;
    }
    left = recording.left;
    id("name").textContent = recording.name;
    id("place").textContent = (recording.place ? `Number ${recording.place} of ${recording.of}` : `One of ${recording.of}`) + (recording.held ? "" : recording.holder ? ` · ${recording.holder} has it before them: you can listen, not answer` : " · somebody has it before them");
    document.title = `${recording.name} – Review desk`;
    id("note").value = "";
    id("sound").textContent = "";
    // The server's templates made this, with everything from outside escaped.
    id("words").innerHTML = recording.html;
    for (const b of [...answers, id("flip")]) b.disabled = !recording.held;
    tellShown();
    id("name").focus();
    hear(recording);
    draw(recording);
  };
  const tellShown = () => {
    const right = left === "customer" ? "agent" : "customer";
    id("shown").textContent = left ? `Shown: left ${left}, right ${right}.` : "Shown: nobody yet.";
    id("confirm").disabled = !left || !current?.held;
  };

  // The picture comes once the recording is there.
  const draw = async (recording) => {
    try {
      const text = await (await ask(`/api/recordings/${recording.key}/picture?left=${left}`)).text();
      if (current !== recording) return;
      id("figure").innerHTML = text;
      player.dispatchEvent(new Event("picture"));
    } catch (error) {
      if (current === recording) trouble(error.message);
    }
  };
  // Gives the player the recording once it is there, and says why there is none.
  const hear = async (recording) => {
    try {
      for (;;) {
        const state = await (await ask(`/api/recordings/${recording.key}/sound`)).json();
        if (current !== recording) return;
        if (state.error) trouble(`There is no sound. ${sentences(state)}`);
        if (state.note) trouble(state.note);
        id("sound").textContent = state.later ? "The recording is on its way." : "";
        if (state.later) continue;
        if (state.ready) {
          audio.src = `/api/recordings/${recording.key}/call.wav`;
          if (player.waiting) player.toggle();
        }
        return;
      }
    } catch (error) {
      if (current === recording) trouble(error.message);
    }
  };

  const next = () => once(() => load({ path: "/api/next", body: { after: current?.key ?? 0 } }));
  const answer = (word) => once(async () => {
    if (!current?.held) return;
    await load({ path: "/api/answer", body: { key: current.key, answer: word, note: id("note").value } });
  });
  const undo = () => once(() => load({ path: "/api/undo", body: {} }));
  const open = (key) => once(() => load({ path: "/api/open", body: { key } }));
  const flip = () => {
    if (!current?.held) return;
    left = left === "customer" ? "agent" : "customer";
    tellShown();
    id("told").textContent = id("shown").textContent;
    draw(current);
  };
  const confirm = () => { if (left) answer(left === "customer" ? "customer_left" : "agent_left"); };

  // The list: pages come from the server, one at a time.
  let begins = [""]; // where each page up to this one begins
  let asked = 0;     // of several requests the last one counts
  const marked = (n, more) => (more ? "more than " : "") + n;
  const cell = (tr, text, mark) => {
    const td = tr.insertCell();
    if (mark) {
      const span = document.createElement("span");
      span.setAttribute("aria-hidden", "true");
      span.textContent = mark + " ";
      td.append(span);
    }
    td.append(text);
    return td;
  };
  const turn = (reply) => {
    const some = document.createDocumentFragment();
    for (const r of reply.rows) {
      const tr = document.createElement("tr");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "open";
      button.textContent = r.name;
      button.addEventListener("click", () => open(r.key));
      tr.insertCell().append(button);
      cell(tr, r.outcome ?? "hidden", marks[r.outcome]);
      cell(tr, r.answer ? said[r.answer] : r.holder ? "being listened to" : "–");
      cell(tr, r.answer ? r.reviewer : r.holder ?? "");
      some.append(tr);
    }
    id("table").tBodies[0].replaceChildren(some);
    const all = id("state").value === "all" && !id("search").value.trim();
    const chosen = all ? reply.of : reply.count + (begins.length - 1) * perPage;
    id("count").textContent = all ? `${reply.of} recordings` : `${marked(chosen, reply.more)} of ${reply.of} recordings`;
    const pages = Math.max(1, Math.ceil(chosen / perPage));
    id("page").textContent = `Page ${begins.length} of ${marked(pages, !all && reply.more)}`;
    id("back").disabled = begins.length === 1;
    id("on").disabled = !reply.next;
    id("on").dataset.next = reply.next;
    id("pages").hidden = begins.length === 1 && !reply.next;
  };
  const perPage = 100;
  const list = async () => {
    const mine = ++asked;
    try {
      const query = new URLSearchParams({ after: begins.at(-1), state: id("state").value, words: id("search").value });
      const reply = await (await ask(`/api/list?${query}`)).json();
      if (mine !== asked) return;
      if (!reply.rows.length && begins.length > 1) { // what it showed was answered meanwhile
        begins.pop();
        await list();
        return;
      }
      turn(reply);
    } catch (error) {
      if (mine === asked) trouble(error.message);
    }
  };
  const choose = () => {
    begins = [""];
    list();
  };
  let typing;
  id("list").addEventListener("toggle", () => { if (id("list").open) list(); });
  id("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(choose, 150);
  });
  id("state").addEventListener("change", choose);
  id("back").addEventListener("click", () => { if (begins.length > 1) { begins.pop(); list(); } });
  id("on").addEventListener("click", () => { if (id("on").dataset.next && begins.at(-1) !== id("on").dataset.next) { begins.push(id("on").dataset.next); list(); } });

  // Buttons and keys.
  for (const b of answers) b.addEventListener("click", () => answer(b.dataset.answer));
  id("flip").addEventListener("click", flip);
  id("confirm").addEventListener("click", confirm);
  for (const name of ["undo", "undo-last"]) id(name).addEventListener("click", undo);
  for (const name of ["next", "again"]) id(name).addEventListener("click", next);
  player.addEventListener("loop", (e) => { id("looped").textContent = e.detail === "off" ? "" : e.detail; });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && document.activeElement === id("note")) id("name").focus();
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || !keys.checked) return;
    if (e.target.closest("select, textarea, input:not([type=radio]):not([type=range]):not([type=checkbox])")) return;
    const key = e.key.toLowerCase();
    const does = {
      1: () => answer("customer_left"), 2: () => answer("agent_left"), 3: () => answer("cannot_tell"), 4: () => answer("unusable"),
      f: flip, c: confirm, u: undo, n: next, t: () => { // once the key is up, so that it is not written into the note
        e.preventDefault();
        document.addEventListener("keyup", () => id("note").focus(), { once: true });
      },
    }[key];
    if (does) does();
  });

  // The server learns that the person is still there, and that the page is closed.
  setInterval(async () => {
    try {
      const held = (await (await ask("/api/stay", {})).json()).held;
      if (current?.held && !held) {
        current.held = false;
        for (const b of [...answers, id("flip"), id("confirm")]) b.disabled = true;
        trouble("This recording was given to somebody else while you were away. Go on with the next one.");
      }
      tellProgress(await (await ask("/api/progress")).json());
    } catch (error) {
      trouble(error.message);
    }
  }, +desk.dataset.stay);
  addEventListener("pagehide", () => navigator.sendBeacon("/api/leave", new Blob(["{}"], { type: "application/json" })));
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  next();
})();
