"use strict";
// Asks the server. What it does not answer is asked again until it does: a desk that was stopped for a while, or a
// network that is away, loses nothing that a person did. The page says what is going on.
const connection = (() => {
  const id = (name) => document.getElementById(name);
  const told = id("connection");
  const sentences = (fault) => [fault.error, fault.hint].filter(Boolean).map((s) => s[0].toUpperCase() + s.slice(1) + ".").join(" ");

  const between = [500, 1000, 2000, 4000, 8000]; // from one try to the next, in ms; the last one is repeated
  const patience = 15_000;                       // until the server counts as away, in ms
  const longPatience = 45_000;                   // where it waits for a recording, or looks through a long list
  const slowness = 3000;                         // until the page says that it waits, in ms
  let tries = 0;
  let timer = 0;
  const asleep = new Set();  // what waits for the next try
  const waiting = new Set(); // what was not answered
  let shown = null;          // of it, what the page tells of

  const again = () => {
    clearTimeout(timer);
    timer = 0;
    const all = [...asleep];
    asleep.clear();
    for (const wake of all) wake(true);
  };
  // Waits until the next try. It gives false if the person would rather not wait.
  const pause = (stops) => new Promise((wake) => {
    asleep.add(wake);
    if (stops) stops.stop = () => { asleep.delete(wake); wake(false); };
    if (!timer) timer = setTimeout(again, between[Math.min(tries++, between.length - 1)]);
  });
  const tell = () => {
    const first = [...waiting].findLast((w) => w.keeps) ?? [...waiting][0];
    told.hidden = !first;
    if (!first) {
      id("away").textContent = "";
      return;
    }
    const text = [first.why, first.keeps, "This page goes on by itself: it asks again every few seconds."].filter(Boolean).join(" ");
    if (id("away").textContent !== text) id("away").textContent = text; // what is not new is not read out again
    if (first.keeps && first !== shown) told.scrollIntoView({ block: "nearest" });
    shown = first;
    id("stop").hidden = !first.stops;
    id("door").hidden = !first.out || !("password" in id("desk").dataset);
  };

  // ask gives the response. body undefined: GET. keeps says what waits on this page meanwhile; a person can give that up, and
  // the error then says so. Any other error is the server's own.
  const ask = async (path, body, { keeps = "", long = false } = {}) => {
    const self = { keeps, why: null, stops: keeps ? {} : null };
    let tried = false;
    try {
      for (;;) {
        let reply;
        const slow = keeps ? setTimeout(() => {
          self.why ??= "The desk has not answered yet.";
          waiting.add(self);
          tell();
        }, slowness) : 0;
        try {
          const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
          reply = await fetch(path, { ...options, signal: AbortSignal.timeout(long ? longPatience : patience) });
          if (reply.ok) {
            await reply.clone().arrayBuffer(); // also a body that breaks off is asked for again
            tries = 0;
            if (tried) again(); // the others need not wait any longer
            return reply;
          }
        } catch {
          reply = null;
        } finally {
          clearTimeout(slow);
        }
        let fault = "";
        if (reply) {
          try { fault = sentences(await reply.json()); } catch { /* the status says it */ }
        }
        const out = reply?.status === 401;
        if (reply && !out && reply.status < 500) {
          const error = new Error(fault || `The desk answers ${reply.status}.`);
          error.status = reply.status;
          throw error;
        }
        self.out = out;
        self.why = !reply ? `The desk does not answer. The network is away, or otoscope review was stopped: then start it again with --listen ${location.host}, and open its new link in this browser.`
          : out ? "This browser is not at the desk any more: otoscope review was started again, or a day has passed. Open its new link in this browser, in another tab."
          : `The desk has trouble. ${fault || `It answers ${reply.status}.`}`;
        if (out && "password" in id("desk").dataset) self.why = "This browser is not at the desk any more: otoscope review was started again, or a day has passed. Come in again in another tab.";
        tried = true;
        waiting.add(self);
        tell();
        if (!await pause(self.stops)) throw new Error("Given up: nothing was sent that you can be sure of. Do it again once the desk answers.");
      }
    } finally {
      waiting.delete(self);
      tell();
    }
  };

  id("try").addEventListener("click", again);
  id("stop").addEventListener("click", () => { for (const w of waiting) w.stops?.stop?.(); });
  addEventListener("online", again);
  addEventListener("focus", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  addEventListener("beforeunload", (e) => { if ([...waiting].some((w) => w.keeps)) e.preventDefault(); });
  return { ask, sentences };
})();
