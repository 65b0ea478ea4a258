// The tree of organisations: a switch fetches what is below it once, and then folds and unfolds it. Without script it is a link.
(function () {
  "use strict";

  const tree = document.querySelector("[data-tree]");
  if (!tree) return;

  function show(toggle, list, open) {
    list.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
  }

  async function turn(toggle) {
    const line = toggle.closest("li");
    const list = line.querySelector("ul");
    if (list) {
      show(toggle, list, list.hidden);
      return;
    }
    if (toggle.getAttribute("aria-busy") === "true") return;
    toggle.setAttribute("aria-busy", "true");
    try {
      const answer = await window.portal.send(toggle.dataset.part);
      if (!answer.ok) throw new Error("refused");
      const made = document.createElement("ul");
      made.innerHTML = await answer.text();
      line.appendChild(made);
      show(toggle, made, true);
    } catch (refused) {
      location.assign(toggle.href);
    } finally {
      toggle.removeAttribute("aria-busy");
    }
  }

  tree.addEventListener("click", function (event) {
    const toggle = event.target.closest("a[data-part]");
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(toggle);
  });

  // A button is pressed with the space bar, too; arrows open and fold as in any tree.
  tree.addEventListener("keydown", function (event) {
    const toggle = event.target.closest("a[data-part]");
    if (!toggle) return;
    const open = toggle.getAttribute("aria-expanded") === "true";
    const wanted = event.key === " " || (event.key === "ArrowRight" && !open) || (event.key === "ArrowLeft" && open);
    if (!wanted) return;
    event.preventDefault();
    turn(toggle);
  });
})();
