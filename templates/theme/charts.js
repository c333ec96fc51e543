// Charts that answer: figures under the pointer, stacks picked out by their key. The drawing on the page stays until
// somebody points at it or asks; then the same specification is drawn by Vega, which comes from this site, is loaded
// once, and runs its expressions without eval.
"use strict";

(() => {
  const own = document.querySelector("script[data-charts]");
  const here = own.getAttribute("src").replace(/charts\.js$/, "");
  const room = matchMedia("(min-width: 44rem)");
  const figures = [...document.querySelectorAll("figure.chart")];
  let ready = null;

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  function libraries() {
    ready ??= Promise.all([load(`${here}vega.js`), load(own.dataset.charts)]);
    return ready;
  }

  const options = {
    ast: true,
    renderer: "svg",
    actions: false,
    defaultStyle: false,
    // Nothing is fetched: the data is in the specification.
    loader: { load: () => Promise.reject(new Error("no file is loaded")) },
    tooltip: { disableDefaultStyle: true },
  };

  async function enliven(figure) {
    if (figure.dataset.live) return;
    figure.dataset.live = "yes";
    const still = figure.querySelector("svg.wide");
    const place = document.createElement("div");
    place.className = "live-chart";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", still.getAttribute("aria-label"));
    try {
      await libraries();
      await window.vegaEmbed(place, window.advisorCharts[figure.id], options);
    } catch {
      return; // the drawing stays
    }
    // What a reader moves through is the table of the numbers: the marks would be hundreds of stops.
    place.firstElementChild?.setAttribute("aria-hidden", "true");
    still.after(place);
    figure.classList.add("is-live");
    figure.querySelector("button.live-button")?.remove();
  }

  for (const figure of figures) {
    const still = figure.querySelector("svg.wide");
    if (!still) continue;
    still.addEventListener("pointerenter", () => { if (room.matches) enliven(figure); }, { once: true });
    const line = figure.querySelector("p.specification");
    if (!line) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet live-button";
    button.append("Show figures under the pointer");
    button.addEventListener("click", () => enliven(figure));
    line.append(" ", button);
  }
})();
