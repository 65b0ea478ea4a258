// On every page: shared helpers, search key, text size, folding panels, ticking rows, undo bar, sign-out.
(function () {
  "use strict";

  const portal = {};
  window.portal = portal;

  portal.user = document.body.dataset.user || "";

  /** The token that proves a request came from one of our pages. */
  portal.csrfToken = function () {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  };

  /** Put a new token into every form of the page. */
  portal.setCsrfToken = function (token) {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (field) {
      field.value = token;
    });
  };

  /** fetch() as this portal expects it; answers with the Response, also for a redirect. */
  portal.send = function (url, options) {
    const wanted = Object.assign({ credentials: "same-origin", redirect: "manual" }, options);
    wanted.headers = Object.assign({ "X-CSRFToken": portal.csrfToken() }, wanted.headers);
    return fetch(url, wanted);
  };

  /** A small element: portal.element("p", {class: "hint"}, "text"). */
  portal.element = function (tag, attributes, text) {
    const made = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      made.setAttribute(name, attributes[name]);
    });
    if (text !== undefined) made.textContent = text;
    return made;
  };

  /** Fetch a script of ours that only some need: a promise that is kept once it has run. */
  portal.script = function (address) {
    return new Promise(function (resolve, reject) {
      const script = portal.element("script", { src: address });
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.appendChild(script);
    });
  };

  portal.clock = function (when) {
    return String(when.getHours()).padStart(2, "0") + ":" + String(when.getMinutes()).padStart(2, "0");
  };

  // What a page can do without comes after it: <section data-fragment="/alerts/card/">.
  document.querySelectorAll("[data-fragment]").forEach(async function (place) {
    try {
      const answer = await portal.send(place.dataset.fragment);
      if (answer.ok) place.innerHTML = await answer.text();
    } catch (offline) {
      // What stood there before stays: a link to the same.
    }
  });

  document.addEventListener("keydown", function (event) {
    const search = document.getElementById("search");
    if (search && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") foldPanels(null);
  });

  function foldPanels(except) {
    document.querySelectorAll("details.drop[open]").forEach(function (panel) {
      if (panel !== except) panel.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    foldPanels(event.target.closest("details.drop"));
  });

  // Text size and colours change at once, without losing what is typed in the page.
  document.querySelectorAll("form[data-display]").forEach(function (form) {
    form.addEventListener("click", function (event) {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      const attribute = button.name === "theme" ? "theme" : "textSize";
      document.documentElement.dataset[attribute] = button.value;
      form.querySelectorAll("button[name=" + button.name + "]").forEach(function (other) {
        other.setAttribute("aria-pressed", String(other === button));
      });
      const body = new FormData(form);
      body.append(button.name, button.value);
      portal.send(form.getAttribute("action"), { method: "POST", body: body });
    });
  });

  const mistakes = document.querySelector("[data-focus]");
  if (mistakes) mistakes.focus();

  // <table data-pick> with a checkbox per row, one in the head, and <div data-batch="TABLE-ID"> above it.
  document.querySelectorAll("table[data-pick]").forEach(function (table) {
    const all = table.querySelector("thead input[type=checkbox]");
    const boxes = Array.from(table.querySelectorAll("tbody input[type=checkbox]"));
    const bar = document.querySelector('[data-batch="' + table.id + '"]');
    let last = null;
    function show() {
      const count = boxes.filter(function (box) { return box.checked; }).length;
      if (all) {
        all.checked = count > 0 && count === boxes.length;
        all.indeterminate = count > 0 && count < boxes.length;
      }
      if (!bar) return;
      bar.hidden = count === 0;
      const figure = bar.querySelector("[data-batch-count]");
      if (figure) figure.textContent = String(count);
    }
    table.addEventListener("click", function (event) {
      const at = boxes.indexOf(event.target);
      if (at < 0) return;
      if (event.shiftKey && last !== null) {
        boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach(function (box) {
          box.checked = event.target.checked;
        });
      }
      last = at;
      show();
    });
    if (all) {
      all.addEventListener("change", function () {
        boxes.forEach(function (box) { box.checked = all.checked; });
        show();
      });
    }
    show();
  });

  // The undo bar leaves by itself; the same act stays possible in the recycle bin.
  document.querySelectorAll("[data-undo]").forEach(function (bar) {
    window.setTimeout(function hide() {
      if (bar.contains(document.activeElement)) window.setTimeout(hide, 3000);
      else bar.hidden = true;
    }, 10000);
  });

  // Nothing that somebody typed stays on a shared computer: drafts go at sign-out, and when another person signs in (drafts.js).
  document.querySelectorAll("form[data-sign-out]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      document.dispatchEvent(new Event("portal:sign-out"));
      const request = indexedDB.deleteDatabase("portal-drafts");
      const leave = function () { form.submit(); };
      request.onsuccess = request.onerror = leave;
      window.setTimeout(leave, 2000);
    });
  });
})();
