// What if: other weights, other constraints. The same sum as the engine's, over the values that it found.
"use strict";

(() => {
  const section = document.getElementById("what-if");
  if (!section) return;
  const data = JSON.parse(document.getElementById("what-if-data").textContent);
  const form = section.querySelector("form");
  const live = section.querySelector(".live");
  const status = section.querySelector(".what-if-status");
  const line = section.querySelector(".what-if-command");
  const button = section.querySelector(".copy");
  const copied = section.querySelector(".copied");
  const without = section.querySelector(".what-if-without");
  const SVG = "http://www.w3.org/2000/svg";
  const sliders = data.criteria.map(slider);
  const switches = data.constraints.map(control);
  form.querySelector(".switches").hidden = !switches.length;

  const percent = (share) => `${Math.round(share * 100)}\u00a0%`;

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function labelled(input, text) {
    const label = element("label", "", text);
    label.htmlFor = input.id;
    return label;
  }

  function slider(each) {
    const input = element("input");
    Object.assign(input, { type: "range", id: `w-${each.anchor}`, min: 0, max: 3, step: 0.1, defaultValue: 1 });
    form.querySelector(".sliders").append(element("div", "slider", labelled(input, each.title), input, element("output")));
    return input;
  }

  function control(each) {
    const input = element("input");
    Object.assign(input, { type: "checkbox", id: `r-${each.anchor}`, defaultChecked: true });
    form.querySelector(".switches").append(element("div", "switch", input, " ", labelled(input, each.text)));
    return input;
  }

  function bar(style, share) {
    const svg = document.createElementNS(SVG, "svg");
    for (const [key, value] of [["class", "bar"], ["width", "100%"], ["height", "10"], ["aria-hidden", "true"]]) {
      svg.setAttribute(key, value);
    }
    for (const [className, width] of [["track", 1], [style, share]]) {
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", className);
      rect.setAttribute("width", `${width * 100}%`);
      rect.setAttribute("height", "10");
      svg.append(rect);
    }
    return svg;
  }

  function name(stack) {
    const made = element("span", `fw fw-${stack.style}`, stack.first);
    if (stack.via) {
      const arrow = element("span", "", "→");
      arrow.setAttribute("aria-hidden", "true");
      made.append(" ", element("span", "via", arrow, element("span", "vh", "through"), ` ${stack.via}`));
    }
    return made;
  }

  function ranked(weights, total) {
    const asked = data.constraints.filter((_, place) => switches[place].checked);
    return data.stacks
      .map((stack, rank) => {
        const sum = (values) => values.reduce((all, value, place) => all + weights[place] * value, 0) / total;
        const of = (outcome) => asked.filter((each) => stack.checks[each.id] === outcome).map((each) => each.text);
        const value = total ? Math.min(1, Math.max(0, sum(stack.values))) : 0;
        return { stack, rank, value, fails: of("fail"), unknown: of("unknown") };
      })
      .sort((one, two) => Boolean(one.fails.length) - Boolean(two.fails.length) || two.value - one.value || one.rank - two.rank);
  }

  // Criteria that were not moved share what is left in proportion, as the command does. When all were moved, one of
  // them is left out of the command: it takes exactly the rest.
  function command(weights, total) {
    let moved = data.criteria.map((each, place) => ({ id: each.id, place })).filter(({ place }) => Number(sliders[place].value) !== 1);
    const rest = data.criteria.some((_, place) => Number(sliders[place].value) === 1);
    if (!rest) {
      const last = moved.findLast(({ place }) => weights[place] > 0);
      moved = moved.filter((each) => each !== last);
    }
    // Each option with its value: a line breaks between them.
    const options = moved.map(({ id, place }) => `--weight ${quoted(`${id}=${readable(100 * weights[place] / total)}%`)}`);
    return ["advisor recommend", `--profile ${quoted(data.profile)}`, "--run run.json.gz", ...options];
  }

  // Three digits behind a point could be thousands: the command would ask what is meant.
  function readable(number) {
    const text = String(Number(number.toFixed(4)));
    return /\.\d{3}$/.test(text) ? `${text}0` : text;
  }

  function quoted(word) {
    return /^[\w.=%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  }

  function copy() {
    const range = document.createRange();
    range.selectNodeContents(line);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const done = () => { copied.textContent = "Copied."; };
    const failed = () => { copied.textContent = document.execCommand("copy") ? "Copied." : "Selected: copy it with the keyboard."; };
    if (navigator.clipboard) navigator.clipboard.writeText(line.textContent).then(done, failed);
    else failed();
  }

  function show() {
    const weights = data.criteria.map((each, place) => each.weight * Number(sliders[place].value));
    const total = weights.reduce((all, weight) => all + weight, 0);
    sliders.forEach((slider, place) => {
      const factor = `×\u00a0${Number(slider.value).toFixed(1)}`;
      const share = element("span", "iv", total ? percent(weights[place] / total) : "–");
      slider.parentElement.querySelector("output").replaceChildren(factor, " ", share);
      slider.setAttribute("aria-valuetext", `times ${Number(slider.value).toFixed(1)}`);
    });
    line.replaceChildren(...(total ? command(weights, total).flatMap((word) => [" ", element("span", "word", word)]).slice(1) : []));
    copied.textContent = "";
    without.hidden = switches.every((each) => each.checked);
    button.disabled = !total;
    if (!total) {
      live.replaceChildren();
      status.textContent = "Every weight is zero, so nothing is compared.";
      return;
    }
    const order = ranked(weights, total);
    live.replaceChildren(
      ...order.map(({ stack, value, fails, unknown }) => {
        const row = element("li", fails.length ? "out" : "", element("span", "live-name", name(stack)));
        row.append(" ", element("span", "live-value", value.toFixed(2)), bar(stack.style, value));
        if (fails.length) row.append(element("span", "source", `out: ${fails.join("; ")}`));
        else if (unknown.length) row.append(element("span", "source", `unknown: ${unknown.join("; ")}`));
        return row;
      }),
    );
    const first = order[0];
    status.textContent = first.fails.length
      ? "No stack meets these constraints."
      : `First: ${first.stack.first}${first.stack.via ? ` through ${first.stack.via}` : ""}, ${first.value.toFixed(2)}.`;
  }

  // The state is kept behind the anchor, so that it also works on a page opened from a file.
  function remember() {
    const state = new URLSearchParams();
    data.criteria.forEach((each, place) => {
      if (Number(sliders[place].value) !== 1) state.set(each.id, sliders[place].value);
    });
    const off = data.constraints.filter((_, place) => !switches[place].checked).map((each) => each.id);
    if (off.length) state.set("without", off.join(","));
    const text = state.toString();
    if (text || location.hash.startsWith("#what-if")) history.replaceState(null, "", text ? `#what-if?${text}` : "#what-if");
  }

  function recall() {
    const [anchor, text] = location.hash.split("?");
    const state = new URLSearchParams(anchor === "#what-if" ? text : "");
    const off = (state.get("without") || "").split(",");
    data.criteria.forEach((each, place) => {
      const factor = Number(state.get(each.id) ?? 1);
      sliders[place].value = Number.isFinite(factor) ? factor : 1;
    });
    data.constraints.forEach((each, place) => { switches[place].checked = !off.includes(each.id); });
    show();
    if (anchor === "#what-if") section.scrollIntoView();
  }

  form.addEventListener("input", () => { show(); remember(); });
  button.addEventListener("click", copy);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { show(); remember(); }));
  window.addEventListener("hashchange", recall);

  section.hidden = false;
  const last = document.querySelector('.toc a[href="#reproduce"]');
  if (last) {
    const link = element("a", "", section.querySelector("h2").firstChild.textContent.trim());
    link.href = "#what-if";
    last.parentElement.before(element("li", "", link));
  }
  recall();
})();
