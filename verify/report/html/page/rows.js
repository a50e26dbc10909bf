"use strict";
// The table of recordings: sorts, filters and turns its pages, and opens a row to its picture.
(() => {
  const id = (name) => document.getElementById(name);
  const data = JSON.parse(id("data").textContent);
  const perPage = 100;
  const marks = { match: "✓", swapped: "⇄", unusable: "✗", undecided: "?", error: "!" };
  const ranks = { swapped: 0, unusable: 1, undecided: 2, error: 3, match: 4 };
  const rows = data.rows.map((r, i) => {
    const groups = r.g ?? [];
    const c = [...r.c, groups.join(", ")];
    return { i, c, n: r.n, groups, person: r.h ?? "", text: [...c, r.h].join(" ").toLowerCase(), codes: c[6].split(" ") };
  });
  const body = id("table").tBodies[0];
  let chosen = rows;
  let page = 0;
  let sorted = { column: -1, down: false };

  // What a column is sorted by.
  const value = (r, column) => {
    switch (column) {
      case 1: return ranks[r.c[1]] ?? 9;
      case 4: return r.n[0];
      case 5: return r.n[1];
      default: return r.c[column];
    }
  };
  const compare = (a, b) => {
    const x = value(a, sorted.column), y = value(b, sorted.column);
    const order = typeof x === "number" ? x - y : collator.compare(x, y);
    return (sorted.down ? -order : order) || a.i - b.i;
  };
  const collator = new Intl.Collator("en", { numeric: true });

  const choose = () => {
    const words = id("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = id("outcome").value, finding = id("finding").value, group = id("group").value, listened = id("listened").value;
    chosen = rows.filter((r) => (!outcome || r.c[1] === outcome) && (!finding || r.codes.includes(finding)) && (!group || r.groups.includes(group)) &&
      (!listened || (listened === "yes") === (r.person !== "")) && words.every((w) => r.text.includes(w)));
    if (sorted.column >= 0) chosen.sort(compare);
    page = 0;
    show();
  };

  // The details are packed by the hundred, and unpacked when one of them is opened.
  const unpacked = new Map();
  const detail = async (i) => {
    const block = Math.floor(i / data.block);
    if (!unpacked.has(block)) {
      const bytes = Uint8Array.from(atob(data.details[block]), (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      unpacked.set(block, await new Response(stream).json());
    }
    return unpacked.get(block)[i % data.block];
  };
  const open = async (button, tr, i) => {
    if (button.getAttribute("aria-expanded") === "true") {
      tr.nextElementSibling.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    button.setAttribute("aria-expanded", "true");
    const below = document.createElement("tr");
    const cell = below.insertCell();
    cell.colSpan = 8;
    cell.className = "detail";
    tr.after(below);
    const box = document.createElement("div");
    cell.append(box);
    // The page's own templates made this, with everything from outside escaped.
    if ("DecompressionStream" in window) box.innerHTML = await detail(i);
    else box.textContent = "This browser is too old to unpack the picture.";
    const facts = document.createElement("p"); // the columns that a phone has no room for
    facts.className = "soft facts";
    facts.textContent = [3, 4, 5, 7].map((column) => rows[i].c[column]).filter(Boolean).join(" · ");
    box.prepend(facts);
  };

  const show = () => {
    const last = Math.max(0, Math.ceil(chosen.length / perPage) - 1);
    page = Math.min(Math.max(page, 0), last);
    const some = document.createDocumentFragment();
    for (const r of chosen.slice(page * perPage, (page + 1) * perPage)) {
      const tr = document.createElement("tr");
      r.c.forEach((text, column) => {
        const td = tr.insertCell();
        if (column === 0) {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "open";
          button.textContent = text;
          button.setAttribute("aria-expanded", "false");
          button.addEventListener("click", () => open(button, tr, r.i));
          td.append(button);
        } else if (column === 1) {
          td.className = "o-" + (text in marks ? text : "undecided");
          const mark = document.createElement("span");
          mark.className = "mark";
          mark.setAttribute("aria-hidden", "true");
          mark.textContent = (marks[text] ?? "?") + " ";
          const strong = document.createElement("strong");
          strong.append(mark, text);
          td.append(strong);
        } else {
          td.textContent = text;
          if (column === 2 && r.person) {
            const person = document.createElement("span");
            person.className = "person";
            person.textContent = r.person;
            td.append(" ", person);
          }
        }
      });
      some.append(tr);
    }
    body.replaceChildren(some);
    id("count").textContent = chosen.length === rows.length ? `${rows.length} recordings` : `${chosen.length} of ${rows.length} recordings`;
    id("page").textContent = `Page ${page + 1} of ${last + 1}`;
    id("back").disabled = page === 0;
    id("on").disabled = page === last;
    id("pages").hidden = last === 0;
  };

  [...id("table").tHead.rows[0].cells].forEach((th, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = th.textContent;
    th.replaceChildren(button);
    button.addEventListener("click", () => {
      sorted = { column, down: sorted.column === column && !sorted.down };
      for (const other of id("table").tHead.rows[0].cells) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      choose();
    });
  });
  const offer = (list, values) => {
    for (const value of [...new Set(values)].filter(Boolean).sort(collator.compare)) {
      const option = document.createElement("option");
      option.textContent = value;
      option.value = value;
      id(list).append(option);
    }
    id(list).addEventListener("change", choose);
    id(list).parentElement.hidden = id(list).options.length < 2;
  };
  offer("finding", rows.flatMap((r) => r.codes));
  offer("group", rows.flatMap((r) => r.groups));
  id("search").addEventListener("input", choose);
  id("outcome").addEventListener("change", choose);
  id("listened").addEventListener("change", choose);
  id("listened").parentElement.hidden = rows.every((r) => !r.person);
  id("back").addEventListener("click", () => { page--; show(); });
  id("on").addEventListener("click", () => { page++; show(); });
  id("choose").hidden = rows.length === 0;
  show();
})();
