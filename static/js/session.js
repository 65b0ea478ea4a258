// When the login has run out, signs in again inside the page: what was typed stays where it is.
(function () {
  "use strict";

  const portal = window.portal;
  const element = portal.element;
  let renewal = null;

  portal.session = {
    /** Whether an answer of portal.send() means that the login has ended or the token is stale. */
    hasEnded: function (response) {
      return response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
    },

    /** Resolves once this page may send again; rejects when the person puts signing in off. */
    renew: function () {
      if (!renewal) {
        renewal = lookAgain();
        const done = function () { renewal = null; };
        renewal.then(done, done);
      }
      return renewal;
    },
  };

  function read(response) {
    return response.text().then(function (html) {
      return { page: new DOMParser().parseFromString(html, "text/html"), address: response.url };
    });
  }

  function lookAgain() {
    return fetch(location.href, { credentials: "same-origin" }).then(read).then(function (answer) {
      const form = answer.page.querySelector("form[data-sign-in]");
      return form ? ask(form, answer.address) : adopt(answer.page);
    });
  }

  /** Take the new token over. Another person's login must not inherit what is typed here. */
  function adopt(page) {
    const user = page.body.dataset.user;
    if (user && user !== portal.user) {
      location.reload();
      return new Promise(function () {});
    }
    const token = page.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) portal.setCsrfToken(token.value);
    return Promise.resolve();
  }

  function ask(form, address) {
    const before = document.activeElement;
    const dialog = element("dialog", { class: "dialog", "aria-labelledby": "sign-in-again" });
    const place = element("div", { class: "mt-3" });
    const later = element("button", { type: "button", class: "btn btn-link" }, "暂不登录");
    dialog.appendChild(element("h2", { id: "sign-in-again" }, "登录已到时间，请再登录一次"));
    dialog.appendChild(element("p", { class: "muted" }, "页面上已填写的内容都在，登录后接着写。"));
    dialog.appendChild(place);
    dialog.appendChild(later);
    document.body.appendChild(dialog);

    return new Promise(function (resolve, reject) {
      function close() {
        dialog.parentNode.removeChild(dialog);
        if (before && before.focus) before.focus();
      }
      function putOff() {
        close();
        reject(new Error("later"));
      }
      function show(fresh, url, problem) {
        place.textContent = "";
        if (problem) place.appendChild(problem);
        fresh.setAttribute("action", url);
        place.appendChild(fresh);
        const next = fresh.querySelector("input[name=next]");
        if (next) next.value = location.pathname + location.search;
        fresh.addEventListener("submit", function (event) {
          event.preventDefault();
          send(fresh, url);
        });
        const first = fresh.querySelector("input:not([type=hidden])");
        if (first) first.focus();
      }
      function send(filled, url) {
        fetch(url, { method: "POST", credentials: "same-origin", body: new FormData(filled) }).then(read).then(function (answer) {
          const again = answer.page.querySelector("form[data-sign-in]");
          if (again) {
            show(document.importNode(again, true), answer.address, summaryOf(answer.page));
            return;
          }
          close();
          adopt(answer.page).then(resolve, reject);
        }).catch(function () {
          place.insertBefore(element("p", { class: "field__error", role: "alert" }, "！网络不通，没有登录。请稍后再试。"), place.firstChild);
        });
      }
      later.addEventListener("click", putOff);
      dialog.addEventListener("cancel", putOff);
      if (dialog.showModal) dialog.showModal(); else dialog.setAttribute("open", "");
      show(document.importNode(form, true), address, null);
    });
  }

  function summaryOf(page) {
    const summary = page.querySelector(".error-summary");
    return summary ? document.importNode(summary, true) : null;
  }
})();
