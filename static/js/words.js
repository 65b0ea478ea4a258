// Says below a form what it would be in words once saved: <p aria-live="polite" data-words="ADDRESS">. Nothing without script.
(function () {
  "use strict";

  const WAIT = 500;

  document.querySelectorAll("[data-words]").forEach(function (place) {
    const form = place.closest("form");
    let timer = 0;
    let asked = 0;

    async function ask() {
      const mine = ++asked;
      try {
        const answer = await portal.send(place.dataset.words, { method: "POST", body: new FormData(form) });
        const told = answer.ok ? await answer.json() : { words: "" };
        // Of two answers only the one to the last question counts.
        if (mine === asked && place.textContent !== told.words) place.textContent = told.words;
      } catch (offline) {
        if (mine === asked) place.textContent = "";
      }
    }

    form.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, WAIT);
    });
  });
})();
