// Nothing typed is lost: <form data-draft="KEY" data-draft-url="/drafts/KEY/"> is kept in this browser at once and on the
// server within seconds, and offered back on the next visit, on any computer. A page with data-draft-done="KEY" ends it.
(function () {
  "use strict";

  const portal = window.portal;
  const element = portal.element;
  const WRITTEN = "data-draft";
  const SERVER_DELAY = 3000;
  const RETRY_DELAY = 10000;

  // ---- The browser's own store: one record per person and form: {key, content, at, onServer, writer} ----
  // A browser that is killed keeps what it has written here, but not what it has written to localStorage.

  let opened = null;
  function store(mode, act) {
    if (!opened) {
      opened = new Promise(function (resolve, reject) {
        const request = indexedDB.open("portal-drafts", 1);
        request.onupgradeneeded = function () { request.result.createObjectStore("drafts", { keyPath: "key" }); };
        request.onsuccess = function () {
          request.result.onversionchange = function () { request.result.close(); opened = null; };
          resolve(request.result);
        };
        request.onerror = function () { reject(request.error); };
      });
    }
    return opened.then(function (database) {
      return new Promise(function (resolve, reject) {
        const transaction = database.transaction("drafts", mode);
        const request = act(transaction.objectStore("drafts"));
        transaction.oncomplete = function () { resolve(request.result); };
        transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
      });
    });
  }
  function localKey(name) { return portal.user + " " + name; }
  function readLocal(name) { return store("readonly", function (drafts) { return drafts.get(localKey(name)); }); }
  function removeThoseOfOthers() {
    return store("readwrite", function (drafts) {
      const asked = drafts.getAllKeys();
      asked.onsuccess = function () {
        asked.result.filter(function (key) { return key.indexOf(localKey("")) !== 0; }).forEach(function (key) { drafts.delete(key); });
      };
      return asked;
    });
  }
  function removeLocal(name) { return store("readwrite", function (drafts) { return drafts.delete(localKey(name)); }); }

  // ---- What a form holds ----

  function keeps(field) {
    return field.name && !field.disabled && !field.hasAttribute("data-private") && ["hidden", "password", "file", "submit", "button", "image", "reset"].indexOf(field.type) < 0;
  }

  /** {name: value}, or {name: [values]} where a name occurs more than once or may be ticked. */
  function contentOf(form) {
    const content = {};
    Array.from(form.elements).filter(keeps).forEach(function (field) {
      const ticked = field.type === "checkbox" || field.type === "radio";
      if (ticked || field.multiple) {
        const values = field.multiple && field.options
          ? Array.from(field.selectedOptions, function (option) { return option.value; })
          : field.checked ? [field.value] : [];
        content[field.name] = (content[field.name] || []).concat(values);
      } else if (field.name in content) {
        content[field.name] = [].concat(content[field.name], field.value);
      } else content[field.name] = field.value;
    });
    return content;
  }

  function fill(form, content) {
    const seen = {};
    Array.from(form.elements).filter(keeps).forEach(function (field) {
      if (!(field.name in content)) return;
      const values = [].concat(content[field.name]);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.indexOf(field.value) >= 0;
      else if (field.multiple && field.options) {
        Array.from(field.options).forEach(function (option) { option.selected = values.indexOf(option.value) >= 0; });
      } else {
        const at = seen[field.name] || 0;
        seen[field.name] = at + 1;
        if (values[at] !== undefined) field.value = values[at];
      }
    });
    document.dispatchEvent(new Event("portal:filled"));
  }

  // ---- One form with its draft ----

  function Keeper(form) {
    this.form = form;
    this.name = form.dataset.draft;
    this.url = form.dataset.draftUrl;
    this.state = form.querySelector("[data-draft-state]") || document.querySelector("[data-draft-state]");
    this.untouched = JSON.stringify(contentOf(form));
    this.changedAt = 0;
    this.sentAt = 0;
    this.writer = String(Math.random()).slice(2);
    this.listen();
    this.offer();
  }

  Keeper.prototype.say = function (words, kind) {
    if (!this.state) return;
    this.state.className = "saved" + (kind ? " saved--" + kind : "");
    if (this.state.textContent !== words) this.state.textContent = words;
  };

  Keeper.prototype.listen = function () {
    const keeper = this;
    const touched = function () { keeper.touched(); };
    this.form.addEventListener("input", touched);
    this.form.addEventListener("change", touched);
    this.form.addEventListener("click", function (event) {
      const button = event.target.closest("button, input[type=submit]");
      if (button) keeper.pressed = button;
    });
    this.form.addEventListener("submit", function (event) { keeper.submit(event); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) keeper.leave(); });
    window.addEventListener("pagehide", function () { keeper.leave(); });
    window.addEventListener("online", function () {
      window.clearTimeout(keeper.serverTimer);
      keeper.serverTimer = null;
      keeper.sendSoon(0);
    });
    window.addEventListener("pageshow", function () { keeper.unlock(); });
    document.addEventListener("portal:sign-out", function () { keeper.isSignedOut = true; keeper.stop(); });
  };

  Keeper.prototype.touched = function () {
    this.changedAt = Date.now();
    if (this.isWaiting && !this.locked) {
      // Who writes on after 保存 is not done: the form is not handed in from under the pen.
      this.isWaiting = false;
      this.notSent();
    }
    this.keepLocal(null);
    this.sendSoon(SERVER_DELAY);
  };

  /**
   * Write to the browser's store at once; what changes while that is being done goes with one more write after it.
   * onServer: the server's time of this very content, or null.
   */
  Keeper.prototype.keepLocal = function (onServer) {
    const keeper = this;
    this.onServer = onServer;
    this.isKept = false;
    if (this.isKeeping || this.isSignedOut) return;
    this.isKeeping = true;
    this.isKept = true;
    const record = { key: localKey(this.name), content: contentOf(this.form), at: this.changedAt, onServer: onServer, writer: this.writer };
    const next = function () {
      keeper.isKeeping = false;
      if (!keeper.isKept) keeper.keepLocal(keeper.onServer);
    };
    store("readwrite", function (drafts) { return drafts.put(record); }).then(next, next);
  };

  /** What is sent: the content, and which of this browser's states it is. */
  Keeper.prototype.message = function () {
    const content = contentOf(this.form);
    content[WRITTEN] = [this.writer, String(this.changedAt)];
    return JSON.stringify({ content: content });
  };

  Keeper.prototype.sendSoon = function (delay) {
    const keeper = this;
    if (this.serverTimer || this.changedAt <= this.sentAt) return;
    this.serverTimer = window.setTimeout(function () {
      keeper.serverTimer = null;
      keeper.send().catch(function (problem) {
        if (keeper.isWaiting && problem.message === "refused") keeper.handIn();
        else keeper.notSent();
      });
    }, delay);
  };

  Keeper.prototype.post = function () {
    return portal.send(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: this.message(),
    });
  };

  /** Save on the server, signing in again where needed. Rejects when the server cannot be reached. */
  Keeper.prototype.send = function () {
    const keeper = this;
    const upTo = this.changedAt;
    this.say("正在保存", "busy");
    return this.post().then(function (response) {
      if (!portal.session.hasEnded(response)) return response;
      return portal.session.renew().then(function () { return keeper.post(); });
    }).then(function (response) {
      if (!response.ok) throw new Error("refused");
      return response.json();
    }).then(function (answer) {
      keeper.sentAt = upTo;
      if (keeper.changedAt > upTo) keeper.sendSoon(SERVER_DELAY);
      else keeper.keepLocal(answer.saved_at);
      keeper.say("✓ 已自动保存 " + portal.clock(new Date()));
      if (keeper.isWaiting) keeper.handIn();
    });
  };

  Keeper.prototype.notSent = function () {
    this.say(this.isWaiting ? "未联网，已存在本机，联网后自动保存" : "未联网，已存本机", "local");
    this.sendSoon(RETRY_DELAY);
  };

  /** The page is being left or hidden: what is not yet kept is kept now. */
  Keeper.prototype.leave = function () {
    if (this.stopped || this.changedAt <= this.sentAt) return;
    this.keepLocal(null);
    portal.send(this.url, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: this.message(),
    }).catch(function () { /* too large for a last message, or no network: it is in the browser's store */ });
  };

  // ---- Handing the form in: first make sure that the login and the network are there ----

  Keeper.prototype.submit = function (event) {
    const keeper = this;
    if (event.defaultPrevented || this.sure) return;
    event.preventDefault();
    if (this.locked) return;
    this.locked = true;
    this.form.classList.add("is-busy");
    window.clearTimeout(this.serverTimer);
    this.serverTimer = null;
    this.changedAt = this.changedAt || Date.now();
    this.sentAt = 0;
    this.keepLocal(null);
    this.isWaiting = true;
    this.send().catch(function (problem) {
      if (problem.message === "refused") keeper.handIn();
      else {
        keeper.unlock();
        keeper.isWaiting = problem.message !== "later";
        keeper.notSent();
        (keeper.state || keeper.form).scrollIntoView({ block: "center" });
      }
    });
  };

  Keeper.prototype.handIn = function () {
    if (this.sure) return;
    this.stop();
    this.sure = true;
    if (this.pressed && this.pressed.name) {
      this.form.appendChild(element("input", { type: "hidden", name: this.pressed.name, value: this.pressed.value }));
    }
    this.form.submit();
  };

  Keeper.prototype.unlock = function () {
    this.isWaiting = false;
    this.locked = false;
    this.sure = false;
    this.stopped = false;
    this.form.classList.remove("is-busy");
  };

  Keeper.prototype.stop = function () {
    this.stopped = true;
    this.sentAt = Infinity;
    window.clearTimeout(this.serverTimer);
  };

  // ---- Offering back ----

  Keeper.prototype.offer = function () {
    const keeper = this;
    const remote = portal.send(this.url).then(function (response) {
      return response.ok ? response.json() : null;
    }).catch(function () { return null; });
    const local = readLocal(this.name).catch(function () { return null; });
    Promise.all([local, remote]).then(function (both) {
      const best = newer(both[0], both[1]);
      if (best && JSON.stringify(best.content) !== keeper.untouched && differs(best.content, JSON.parse(keeper.untouched))) keeper.show(best);
    });
  };

  /** The later of the two: by this computer's clock alone where this browser has sent the other one, too. */
  function newer(local, remote) {
    const there = remote && remote.content ? { content: remote.content, at: Date.parse(remote.saved_at) } : null;
    if (!local) return there;
    if (!there) return local.onServer ? null : local;
    const written = there.content[WRITTEN] || [];
    const at = written[0] === local.writer ? Number(written[1]) : there.at;
    return !local.onServer && local.at > at ? local : there;
  }

  function differs(content, other) {
    return Object.keys(content).some(function (name) {
      return name in other && JSON.stringify(content[name]) !== JSON.stringify(other[name]);
    });
  }

  Keeper.prototype.show = function (draft) {
    const keeper = this;
    const when = new Date(draft.at);
    const notice = element("div", { class: "notice notice--warn", role: "status" });
    const words = "上次有没保存的内容（" + (when.getMonth() + 1) + "月" + when.getDate() + "日 " + portal.clock(when) + "）。";
    const back = element("button", { type: "button", class: "btn btn-sm ms-2" }, "找回未保存的内容");
    const drop = element("button", { type: "button", class: "btn btn-sm btn-link" }, "不用了");
    notice.appendChild(element("span", {}, words));
    notice.appendChild(back);
    notice.appendChild(drop);
    back.addEventListener("click", function () {
      fill(keeper.form, draft.content);
      notice.parentNode.removeChild(notice);
      keeper.touched();
    });
    drop.addEventListener("click", function () {
      notice.parentNode.removeChild(notice);
      forget(keeper.name, keeper.url);
    });
    this.form.parentNode.insertBefore(notice, this.form);
  };

  function forget(name, url) {
    removeLocal(name);
    return portal.send(url, { method: "DELETE" }).catch(function () { /* the server forgets it when the record is saved */ });
  }

  if (!portal.user) return;
  removeThoseOfOthers().catch(function () { /* a browser without a store keeps nothing of anybody */ });
  document.querySelectorAll("[data-draft-done]").forEach(function (place) {
    forget(place.dataset.draftDone, place.dataset.draftUrl || "/drafts/" + place.dataset.draftDone + "/");
  });
  document.querySelectorAll("form[data-draft]").forEach(function (form) { new Keeper(form); });
})();
