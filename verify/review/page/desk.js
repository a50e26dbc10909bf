"use strict";
// The review desk: shows one recording after the other, and sends what the person says.
(() => {
  const id = (name) => document.getElementById(name);
  const desk = id("desk");
  const player = document.querySelector("[data-player]");
  const audio = player.querySelector("audio");
  const keys = player.querySelector("[data-keys]");
  const answers = [...document.querySelectorAll("[data-answer]")];
  const said = { customer_left: "left is the customer", agent_left: "left is the agent", cannot_tell: "cannot tell", unusable: "not usable" };
  const { ask, sentences } = connection;
  const drafts = new Map(); // notes that were written and not sent, by recording
  let current = null; // the recording that is shown
  let left = "";      // who is shown on its left
  let busy = false;   // something is being asked for
  let seen = false;   // the recording is shown for so long that a person can have seen it

  // What this page holds is known to the server by a name. If the server is started again, or the person comes in again,
  // the page goes on under another one.
  let holder = desk.dataset.holder;
  const send = async (path, body, keeps) => {
    const reply = await (await ask(path, { ...body, reviewer: desk.dataset.reviewer, holder }, { keeps })).json();
    holder = reply.holder ?? holder;
    return reply;
  };
  const trouble = (text) => {
    id("trouble").hidden = !text;
    id("trouble").textContent = text;
    if (text) id("trouble").scrollIntoView({ block: "nearest" });
  };
  const tell = (text) => { id("told").textContent = text; };

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
      if (error.status === 409) await load("/api/next", { after: current?.key ?? 0 }).catch((e) => trouble(e.message));
    } finally {
      busy = false;
      id("recording").removeAttribute("aria-busy");
    }
  };
  // keeps says what is not lost while the server does not answer.
  const load = async (path, body, keeps = "What you asked for is kept on this page: to go on.", came = "") => {
    const reply = await send(path, body, keeps);
    tell(reply.told);
    tellProgress(reply.progress);
    if (path === "/api/answer") drafts.delete(body.key);
    if (reply.recording || path === "/api/next" || path === "/api/answer") show(reply.recording, came);
    if (id("list").open) list();
  };
  const tellProgress = (p) => {
    id("far").textContent = p.words;
    id("bar").max = Math.max(p.of, 1);
    id("bar").value = p.done;
    id("agrees").textContent = p.agrees;
    id("interval").textContent = p.interval ? p.interval[0].toUpperCase() + p.interval.slice(1) : "";
  };

  // Shows a recording; null: nothing is left. came says that it is where the browser's history is already. Else it becomes
  // a step of it, so that the browser's way back leads to the recording before.
  const show = (recording, came) => {
    keepDraft();
    current = recording;
    const step = { key: recording?.key ?? 0 };
    if (came || history.state?.key === step.key) history.replaceState(step, "");
    else if (history.state) history.pushState(step, "");
    else history.replaceState(step, "");
    silence();
    player.waiting = id("at-once").checked;
    id("recording").hidden = !recording;
    id("nothing").hidden = !!recording;
    seen = false;
    if (!recording) {
      id("done").focus();
      return;
    }
    setTimeout(() => { if (current === recording) id("recording").dataset.seen = String(seen = true); }, glance);
    id("recording").dataset.seen = "false";
    left = recording.left;
    id("figure").style.minHeight = `${id("figure").offsetHeight}px`; // what is below stays where it is
    id("figure").replaceChildren();
    id("name").textContent = recording.name;
    tellPlace();
    document.title = `${recording.name} – Review desk`;
    id("note").value = drafts.get(recording.key) ?? "";
    // The server's templates made this, with everything from outside escaped.
    id("words").innerHTML = recording.html;
    tellShown();
    id("name").focus();
    hear(recording);
    draw(recording);
  };
  const glance = 250; // the least time in which anybody sees a recording and decides to press a key, in ms
  const keepDraft = () => {
    if (!current) return;
    if (id("note").value.trim()) drafts.set(current.key, id("note").value);
    else drafts.delete(current.key);
  };
  const tellPlace = () => {
    const r = current;
    id("place").textContent = (r.place ? `Number ${r.place} of ${r.of}` : `One of ${r.of}`) + (r.held ? "" : r.holder === desk.dataset.reviewer ? " · it is before you on another page, or was where a desk broke off, and is free three minutes after that: you can listen, not answer"
      : ` · ${r.holder || "somebody"} has it before them: you can listen, not answer`);
    for (const b of [...answers, id("flip")]) b.disabled = !r.held;
  };
  const tellShown = () => {
    const right = left === "customer" ? "agent" : "customer";
    id("shown").textContent = left ? `Shown: left ${left}, right ${right}.` : "Shown: nobody yet.";
    id("confirm").disabled = !left || !current?.held;
  };

  // The picture comes once the recording is there.
  const draw = async (recording) => {
    try {
      const text = await (await ask(`/api/recordings/${recording.key}/picture?left=${left}`, undefined, { long: true })).text();
      if (current !== recording) return;
      id("figure").innerHTML = text;
      id("figure").style.minHeight = "";
      player.dispatchEvent(new Event("picture"));
    } catch (error) {
      if (current === recording) trouble(error.message);
    }
  };
  const silence = () => {
    audio.pause();
    id("sound").textContent = "";
    id("fetch").hidden = true;
    if (!audio.hasAttribute("src")) return;
    audio.removeAttribute("src");
    audio.load();
  };
  // Gives the player the recording once it is there, and says why there is none. from is where it goes on, in s. again: what
  // could not be fetched is fetched again.
  const hear = async (recording, { from = 0, again = false } = {}) => {
    try {
      for (;;) {
        const state = await (await ask(`/api/recordings/${recording.key}/sound${again ? "?again=1" : ""}`, undefined, { long: true })).json();
        if (current !== recording) return;
        again = false;
        if (state.error) trouble(`There is no sound. ${sentences(state)}`);
        if (state.note) trouble(state.note);
        id("fetch").hidden = !state.error;
        id("sound").textContent = state.later ? "The recording is on its way." : "";
        if (state.later) continue;
        if (state.ready) {
          audio.src = `/api/recordings/${recording.key}/call.wav`;
          if (from) audio.currentTime = from;
          if (player.waiting) player.toggle();
        }
        return;
      }
    } catch (error) {
      if (current === recording) trouble(error.message);
    }
  };
  // Where no more sound comes, the page says so, and finds out whether the server is away.
  audio.addEventListener("waiting", async () => {
    const recording = current;
    await new Promise((go) => setTimeout(go, 700));
    if (current !== recording || audio.paused || audio.readyState > 2) return;
    id("sound").textContent = "The sound waits for more of it.";
    try { tellProgress(await (await ask("/api/progress")).json()); } catch { /* what is asked next tells it */ }
  });
  for (const on of ["playing", "seeked", "pause"]) audio.addEventListener(on, () => { if (audio.hasAttribute("src")) id("sound").textContent = ""; });
  // Sound that breaks off, because the server or the network is away, goes on where it was.
  let broke = { key: 0, from: -1 };
  audio.addEventListener("error", () => {
    if (!current || !audio.hasAttribute("src")) return;
    const from = audio.currentTime;
    const stuck = broke.key === current.key && broke.from === from; // it brought nothing more
    broke = { key: current.key, from };
    player.waiting = !audio.paused;
    silence();
    if (stuck) {
      trouble("The sound breaks off here, and this browser cannot play on.");
      id("fetch").hidden = false;
      return;
    }
    hear(current, { from });
  });

  const next = () => once(() => load("/api/next", { after: current?.key ?? 0 }));
  const answer = (word) => {
    if (!current?.held || busy) return;
    if (!seen) { // a second press was of the recording before
      tell("That was too quick for anybody to have seen this recording: press again.");
      return;
    }
    const { key, name } = current;
    const note = id("note").value;
    once(async () => {
      try {
        await load("/api/answer", { key, answer: word, note }, `Your answer is kept on this page: ${name}: ${said[word]}${note.trim() ? ", with its note" : ""}.`);
      } catch (error) {
        error.message += ` Your answer is not kept: ${name}: ${said[word]}.`;
        throw error;
      }
    });
  };
  const undo = () => once(() => load("/api/undo", { once: crypto.getRandomValues(new Uint32Array(2)).join("-") }, "What you asked for is kept on this page: to undo your last answer."));
  const open = (key, came) => once(() => load("/api/open", { key }, undefined, came));
  const flip = () => {
    if (!current?.held) return;
    left = left === "customer" ? "agent" : "customer";
    tellShown();
    tell(id("shown").textContent);
    draw(current);
  };
  const confirm = () => { if (left) answer(left === "customer" ? "customer_left" : "agent_left"); };
  const list = listing(open, trouble);

  // Buttons and keys. Of a double click the second one is none.
  const does = (button, work) => button.addEventListener("click", (e) => { if (e.detail < 2) work(); });
  for (const b of answers) does(b, () => answer(b.dataset.answer));
  does(id("flip"), flip);
  does(id("confirm"), confirm);
  for (const name of ["undo", "undo-last"]) does(id(name), undo);
  for (const name of ["next", "again"]) does(id(name), next);
  does(id("fetch"), () => {
    trouble("");
    id("fetch").hidden = true;
    hear(current, { again: true }).then(() => draw(current));
  });
  player.addEventListener("loop", (e) => { id("looped").textContent = e.detail === "off" ? "" : e.detail; });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && document.activeElement === id("note")) id("name").focus();
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || !keys.checked) return;
    if (e.target.closest("select, textarea, input:not([type=radio]):not([type=range]):not([type=checkbox])")) return;
    const key = e.key.toLowerCase();
    const work = {
      1: () => answer("customer_left"), 2: () => answer("agent_left"), 3: () => answer("cannot_tell"), 4: () => answer("unusable"),
      f: flip, c: confirm, u: undo, n: next, t: () => { // once the key is up, so that it is not written into the note
        e.preventDefault();
        document.addEventListener("keyup", () => id("note").focus(), { once: true });
      },
    }[key];
    if (work) work();
  });

  // The server learns that the person is still there, and that the page is closed.
  const stay = async () => {
    const recording = current;
    try {
      const reply = await send("/api/stay", { key: recording?.key ?? 0 });
      if (!busy && current === recording && recording?.held && !reply.held) {
        recording.held = false;
        tellPlace();
        tellShown();
        trouble("This recording was given to somebody else while you were away. Go on with the next one.");
      }
      tellProgress(await (await ask("/api/progress")).json());
    } catch (error) {
      trouble(error.message);
    }
    setTimeout(stay, +desk.dataset.stay);
  };
  setTimeout(stay, +desk.dataset.stay);
  addEventListener("pagehide", () => navigator.sendBeacon("/api/leave", new Blob([JSON.stringify({ key: current?.key ?? 0, holder })], { type: "application/json" })));
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  addEventListener("popstate", (e) => {
    if (e.state?.key) open(e.state.key, "back");
    else if (e.state) next();
  });
  addEventListener("beforeunload", (e) => {
    keepDraft();
    if (current && drafts.has(current.key)) e.preventDefault();
  });

  // A page that was loaded again shows what it showed.
  const before = history.state?.key;
  once(async () => {
    if (!before) return load("/api/next", { after: 0 });
    try {
      await load("/api/open", { key: before }, undefined, "again");
    } catch {
      await load("/api/next", { after: 0 });
    }
  });
})();
