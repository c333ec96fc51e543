// Sorting by a column: headers become buttons, numbers sort by their exact values. Long tables get a field that leaves
// only the rows with some words. The state is kept in the address.
"use strict";

(() => {
  const MANY = 30;
  // Where the stylesheet turns rows into blocks there are no headers to click: on narrow screens, and for tables of
  // many columns on middling ones.
  const widths = [matchMedia("(min-width: 44rem)"), matchMedia("(min-width: 62rem)")];
  const whole = (table) => getComputedStyle(table).display === "table";
  const tables = [...document.querySelectorAll("table.stackable")].filter((table) => table.tBodies[0].rows.length > 2);
  if (!tables.length) return;
  const original = new Map(tables.map((table) => [table, [...table.tBodies[0].rows]]));

  function key(cell) {
    const figure = cell.querySelector("data");
    return figure ? Number(figure.value) : cell.textContent.trim().toLowerCase();
  }

  // Numbers come before words, and what is not known comes last, whichever way a column is sorted.
  function compare(one, two, way) {
    const known = (value) => (value === "–" || value === "" ? 2 : typeof value === "number" ? 0 : 1);
    if (known(one) !== known(two)) return known(one) - known(two);
    return way * (typeof one === "number" ? one - two : one.localeCompare(two));
  }

  function sort(table, column, way) {
    const rows = [...original.get(table)];
    if (way) rows.sort((one, two) => (one.classList.contains("total") - two.classList.contains("total"))
      || compare(key(one.cells[column]), key(two.cells[column]), way));
    table.tBodies[0].append(...rows);
    [...table.tHead.rows[0].cells].forEach((cell, place) => {
      if (place === column && way) cell.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
  }

  function remember(key, value) {
    const state = new URLSearchParams(location.search);
    if (value) state.set(key, value);
    else state.delete(key);
    const text = state.toString();
    try {
      history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
    } catch {
      // Some browsers keep the address of a file as it is; sorting works all the same.
    }
  }

  function install() {
    for (const table of tables.filter(whole)) {
      [...table.tHead.rows[0].cells].forEach((cell, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...cell.childNodes);
        button.addEventListener("click", () => {
          const way = { ascending: -1, descending: 0 }[cell.getAttribute("aria-sort")] ?? 1;
          sort(table, column, way);
          remember("sort", way && `${tables.indexOf(table)}.${column}.${way > 0 ? "up" : "down"}`);
        });
        cell.append(button);
      });
    }
  }

  function uninstall() {
    for (const button of document.querySelectorAll("button.sort")) button.replaceWith(...button.childNodes);
  }

  function filter(table, text, status) {
    const asked = text.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = original.get(table);
    for (const row of rows) {
      const said = row.textContent.toLowerCase();
      row.hidden = !asked.every((word) => said.includes(word));
    }
    status.textContent = asked.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  }

  function offerFilter(table) {
    const name = `rows${tables.indexOf(table)}`;
    const label = document.createElement("label");
    label.htmlFor = name;
    label.append("Filter rows");
    const input = document.createElement("input");
    Object.assign(input, { id: name, type: "search", autocomplete: "off", spellcheck: false });
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    const line = document.createElement("p");
    line.className = "filter";
    line.append(label, input, status);
    table.before(line);
    input.value = new URLSearchParams(location.search).get(name) || "";
    input.addEventListener("input", () => {
      filter(table, input.value, status);
      remember(name, input.value.trim());
    });
    if (input.value) filter(table, input.value, status);
  }

  for (const table of tables) if (original.get(table).length >= MANY) offerFilter(table);
  for (const width of widths) width.addEventListener("change", () => { uninstall(); install(); });
  install();
  const [place, column, way] = (new URLSearchParams(location.search).get("sort") || "").split(".");
  const table = tables[Number(place)];
  if (way && table && table.tHead.rows[0].cells[Number(column)]) sort(table, Number(column), way === "up" ? 1 : -1);
})();
