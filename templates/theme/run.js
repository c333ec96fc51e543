// A pinned address names its run. When the site has gone on to another one, the page says so at its top.
"use strict";

(() => {
  const links = document.querySelector(".runs");
  const asked = new URLSearchParams(location.search).get("run");
  if (!links) return;
  if (asked === null || asked === links.dataset.run) {
    links.children[asked === null ? 1 : 0].setAttribute("aria-current", "true");
    return;
  }
  const note = document.createElement("p");
  note.className = "pinned";
  note.append(`This address is pinned to the run ${asked}. The site now shows the run ${links.dataset.run}: its figures may differ.`);
  (document.querySelector("main .page-head") || document.querySelector("main")).prepend(note);
})();
