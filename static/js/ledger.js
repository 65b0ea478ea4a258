// A ledger on the screen: all of it to the clipboard, and wider rows for tired eyes.
(function () {
  "use strict";

  const told = document.querySelector("[data-copied]");

  /** Put a text on the clipboard, as browsers allow it right after a click and without a safe connection. */
  function copy(text) {
    const holder = window.portal.element("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    holder.value = text;
    document.body.appendChild(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    return done;
  }

  document.querySelectorAll("[data-copy]").forEach(function (link) {
    link.addEventListener("click", async function (event) {
      event.preventDefault();
      try {
        const answer = await window.portal.send(link.href);
        const text = await answer.text();
        if (!answer.ok) {
          told.textContent = answer.status === 422 ? text : "没有复制成功，请再点一次。";
        } else if (copy(text)) {
          told.textContent = "已复制，到 Excel 或 WPS 里粘贴即可。";
        } else {
          window.location.assign(link.href); // the text itself, to be marked and copied by hand
        }
      } catch (failed) {
        told.textContent = "没有复制成功，请再点一次。";
      }
      link.focus();
    });
  });

  const loose = document.querySelector("[data-loose]");
  const table = document.querySelector("[data-ledger]");
  if (!loose || !table) return;

  function show(isLoose) {
    table.classList.toggle("table--dense", !isLoose);
    loose.setAttribute("aria-pressed", String(isLoose));
  }

  let kept = "";
  try { kept = window.localStorage.getItem("loose"); } catch (closed) { kept = ""; } // storage may be switched off
  show(kept === "yes");
  loose.addEventListener("click", function () {
    const isLoose = loose.getAttribute("aria-pressed") !== "true";
    show(isLoose);
    try { window.localStorage.setItem("loose", isLoose ? "yes" : ""); } catch (closed) { kept = ""; }
  });
})();
