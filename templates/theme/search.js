// Search over the pages of this report. The index is a script of its own, loaded when somebody begins to search:
// a page that was opened from a file may not fetch, but it may load a script that lies beside it.
"use strict";

(() => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const input = form.querySelector("input");
  const list = form.querySelector(".results");
  const status = form.querySelector("[role=status]");
  const here = document.querySelector("script[src$='search.js']").getAttribute("src").replace(/search\.js$/, "");
  const most = 12;
  let index = null;

  form.hidden = false;

  function load() {
    if (index !== null) return;
    index = [];
    const script = document.createElement("script");
    script.src = `${here}search-index.js`;
    script.addEventListener("load", () => { index = window.advisorSearchIndex || []; show(); });
    document.head.append(script);
  }

  function words(text) {
    return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  }

  // Every word must begin a word of the section; one in the heading counts more than one in the text.
  function score(entry, asked) {
    let sum = 0;
    for (const word of asked) {
      const starts = (each) => each.startsWith(word);
      if (words(`${entry.section} ${entry.page}`).some(starts)) sum += 3;
      else if (entry.words.some(starts)) sum += 1;
      else return 0;
    }
    return sum;
  }

  function show() {
    const asked = words(input.value);
    const found = asked.length
      ? index.map((entry) => ({ entry, score: score(entry, asked) })).filter((each) => each.score)
        .sort((one, two) => two.score - one.score)
      : [];
    list.replaceChildren(...found.slice(0, most).map(({ entry }) => {
      const link = document.createElement("a");
      link.href = here + entry.address;
      link.append(entry.section || entry.page);
      const item = document.createElement("li");
      item.append(link);
      if (entry.section) {
        const page = document.createElement("span");
        page.className = "source";
        page.append(entry.page);
        item.append(page);
      }
      return item;
    }));
    list.hidden = !found.length;
    status.textContent = asked.length && index.length
      ? found.length ? `${found.length} found` : "Nothing found"
      : "";
  }

  input.addEventListener("focus", load);
  input.addEventListener("input", () => { load(); show(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; show(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); input.focus(); }
  });
})();
