"use strict";
// The list: pages come from the server, one at a time. It gives a function that shows the page again. open is called with
// the key of a recording that the person chooses.
const listing = (open, trouble) => {
  const id = (name) => document.getElementById(name);
  const marks = { match: "✓", swapped: "⇄", unusable: "✗", undecided: "?" };
  const said = { customer_left: "left is the customer", agent_left: "left is the agent", cannot_tell: "cannot tell", unusable: "not usable" };
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
      const reply = await (await connection.ask(`/api/list?${query}`, undefined, { long: true })).json();
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
  return list;
};
