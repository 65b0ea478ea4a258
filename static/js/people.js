// The attendance picker: everybody is there unless said otherwise. A tap switches between 到会 and the usual absence,
// a list beside the name gives the reason, a pasted column of names fills in the rest. The lists that work without
// script (<select> per person, see components/people_grid.html) stay the form's data.
(function () {
  "use strict";

  const portal = window.portal;
  const element = portal.element;

  function Picker(root) {
    this.root = root;
    this.people = Array.from(root.querySelectorAll("[data-person]")).map(function (box) {
      return new Person(box, this);
    }, this);
    // What people write for each choice, in the order of the choices.
    const options = this.people[0] ? Array.from(this.people[0].select.options) : [];
    const words = root.dataset.words.split(" ");
    this.choices = options.map(function (option, at) { return { label: option.text.trim(), words: new RegExp("^(?:" + words[at] + ")$") }; });
    this.find = root.querySelector("[data-find]");
    this.report = root.querySelector("[data-paste-report]");
    this.listen();
    this.count();
  }

  function Person(box, picker) {
    this.box = box;
    this.id = box.dataset.person;
    this.name = box.dataset.name;
    this.select = box.querySelector("select");
    this.hasVote = box.hasAttribute("data-vote");
    const label = box.querySelector("label");
    const small = label.querySelector("small");
    this.note = small ? small.textContent : "";
    this.button = element("button", { type: "button", class: "person__name" });
    while (label.firstChild) this.button.appendChild(label.firstChild);
    label.parentNode.replaceChild(this.button, label);
    this.select.addEventListener("change", function () { this.show(); picker.count(); }.bind(this));
    this.button.addEventListener("click", function () { this.set(this.isHere() ? 1 : 0); picker.count(); }.bind(this));
    this.show();
  }

  Person.prototype.option = function () { return this.select.options[this.select.selectedIndex]; };
  Person.prototype.isHere = function () { return this.option().hasAttribute("data-here"); };
  Person.prototype.isExpected = function () { return !this.option().hasAttribute("data-unexpected"); };

  /** Choose by place in the list (0 is 到会, 1 the usual absence), and tell the form, so that drafts are kept. */
  Person.prototype.set = function (index) {
    if (this.select.selectedIndex === index) return;
    this.select.selectedIndex = index;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  Person.prototype.show = function () {
    const here = this.isHere();
    this.box.classList.toggle("person--here", here);
    this.box.classList.toggle("person--off", !here);
    this.button.setAttribute("aria-pressed", String(here));
    this.button.setAttribute("aria-label", this.button.textContent + "，" + this.option().text + "，按下可切换");
  };

  /** Show how many are expected and here; answers how many are here. */
  Picker.prototype.count = function () {
    const expected = this.people.filter(function (person) { return person.isExpected(); });
    const here = expected.filter(function (person) { return person.isHere(); });
    const withVote = function (person) { return person.hasVote; };
    const due = expected.filter(withVote).length;
    const present = here.filter(withVote).length;
    this.say("[data-due]", expected.length);
    this.say("[data-present]", here.length);
    this.say("[data-due-voters]", due);
    this.say("[data-present-voters]", present);
    const enough = present * 2 >= due && due > 0;
    const verdict = this.root.querySelector("[data-verdict]");
    verdict.className = "word tally__verdict " + (enough ? "word--done" : "word--soon");
    verdict.textContent = enough ? "达到半数，可以表决" : "不到半数，不能表决";
    return here.length;
  };

  Picker.prototype.say = function (place, figure) {
    this.root.querySelector(place).textContent = String(figure);
  };

  Picker.prototype.listen = function () {
    const picker = this;
    this.find.addEventListener("input", function () { picker.filter(); });
    this.find.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const shown = picker.people.filter(function (person) { return !person.box.classList.contains("person--hidden"); });
      if (picker.find.value.trim() === "" || shown.length !== 1) return;
      shown[0].button.click();
      picker.find.value = "";
      picker.filter();
    });
    this.root.querySelector("[data-all-here]").addEventListener("click", function () {
      picker.people.forEach(function (person) { if (person.isExpected()) person.set(0); });
    });
    this.root.querySelector("[data-paste-open]").addEventListener("click", function () {
      picker.askForList("", "把姓名粘贴或写在这里，一行一个，也可用顿号隔开。");
    });
  };

  Picker.prototype.filter = function () {
    const wanted = this.find.value.replace(/\s/g, "").toLowerCase();
    this.people.forEach(function (person) {
      const data = person.box.dataset;
      const fits = wanted === "" || person.name.indexOf(wanted) >= 0 ||
        data.initials.indexOf(wanted) === 0 || data.pinyin.indexOf(wanted) === 0;
      person.box.classList.toggle("person--hidden", !fits);
    });
  };

  /** A paste belongs to the picker when it happens in it, or nowhere in particular; text fields keep theirs. */
  Picker.prototype.pasted = function (event) {
    const target = event.target;
    const inside = this.root.contains(target);
    const typing = target.closest && target.closest("input, textarea, select, [contenteditable]");
    if (!inside && (typing || target.closest("dialog"))) return;
    if (target.tagName === "TEXTAREA") return;
    // The clipboard is open only while the event lasts; who is named is found out after it.
    const text = event.clipboardData.getData("text/plain");
    const html = event.clipboardData.getData("text/html");
    if (text === "" && html === "") return;
    if (typing && !/<table/i.test(html) && !/[\n\t、，,;；]/.test(text.trim())) return;
    if (typing) event.preventDefault();
    this.match(text, html).then(function (result) {
      if (inside || result.matched.length + result.ambiguous.length > 0) this.apply(result, namesWhoCame(result));
    }.bind(this)).catch(function () { if (inside) this.askForList(text, UNREAD); }.bind(this));
  };

  const UNREAD = "网络不通，这份名单还没有对照。名单留在下面，联网后按“对照名单”；也可以直接点姓名。";
  let matcher = null;

  /** What reads a list is heavy and seldom wanted: it comes when the first list does. Without the network it is asked for again. */
  function theMatcher(address) {
    if (matcher === null) {
      matcher = portal.script(address);
      matcher.catch(function () { matcher = null; });
    }
    return matcher;
  }

  /** Say later whom a list names: {matched, ambiguous, unknown, remarks}. The picker says that it is at work meanwhile. */
  Picker.prototype.match = function (text, html) {
    const root = this.root;
    root.setAttribute("aria-busy", "true");
    const rest = function () { root.removeAttribute("aria-busy"); };
    const result = theMatcher(root.dataset.names).then(function () {
      return globalThis.portalNames.matchNames(globalThis.portalNames.fromClipboard(text, html), this.people, this.choices);
    }.bind(this));
    result.then(rest, rest);
    return result;
  };

  /** A list says who came, unless it says of everybody that he did not. */
  function namesWhoCame(result) {
    return result.matched.concat(result.ambiguous, result.unknown).some(function (item) { return item.choice < 1; });
  }

  Picker.prototype.askForList = function (text, words) {
    const picker = this;
    const box = element("textarea", { class: "form-control", rows: "6", "aria-label": "名单" });
    box.value = text;
    const go = element("button", { type: "button", class: "btn mt-2" }, "对照名单");
    go.addEventListener("click", function () {
      picker.match(box.value, "").then(function (result) {
        picker.apply(result, namesWhoCame(result));
      }).catch(function () { picker.askForList(box.value, UNREAD); });
    });
    this.tell([element("p", { role: "status" }, words), box, go]);
    box.focus();
  };

  Picker.prototype.tell = function (parts) {
    this.report.textContent = "";
    parts.forEach(function (part) { this.report.appendChild(part); }, this);
    this.report.hidden = false;
  };

  /**
   * Fill in what a list says. listsPresent: it names who came; otherwise it names who did not. Who is not named stays
   * as before; only a whole list of those who came says that the others did not, and then the report names them.
   */
  Picker.prototype.apply = function (result, listsPresent) {
    if (!this.before) this.before = this.people.map(function (person) { return person.select.selectedIndex; });
    const otherwise = listsPresent ? 0 : 1;
    const said = new Map(result.matched.map(function (item) { return [item.id, item.choice < 0 ? otherwise : item.choice]; }));
    const isWhole = listsPresent && !result.isPart && Array.from(said.values()).indexOf(0) >= 0;
    const doubtful = result.ambiguous.reduce(function (ids, item) { return ids.concat(item.ids); }, []).concat(
      result.unknown.reduce(function (ids, item) { return ids.concat(item.alike); }, []));
    const missing = [];
    this.people.forEach(function (person, at) {
      person.set(said.has(person.id) ? said.get(person.id) : this.before[at]);
      if (!isWhole || said.has(person.id) || !person.isHere() || doubtful.indexOf(person.id) >= 0) return;
      person.set(1);
      missing.push(person.name);
    }, this);
    const here = this.count();
    const remarks = result.came === null || result.came === here ? [] : ["写的是实到 " + result.came + " 人，现在是 " + here + " 人。"];
    this.explain(result, listsPresent, result.remarks.concat(remarks), missing);
  };

  Picker.prototype.explain = function (result, listsPresent, remarks, missing) {
    const picker = this;
    const open = result.unknown.length + result.ambiguous.length + remarks.length;
    const told = element("p", { role: "status" });
    told.appendChild(element("b", {}, "已匹配 " + result.matched.length + " 人"));
    told.appendChild(document.createTextNode(open > 0 ? "，还有 " + open + " 处请核对。" : "，全部对上。"));
    const list = element("ul");
    result.ambiguous.forEach(function (item) {
      const words = item.ids.length > 1 ? "有 " + item.ids.length + " 人同名，选一位：" : "写了两种情况，是不是" + picker.choices[Math.max(item.choice, 0)].label + "：";
      list.appendChild(picker.doubt(result, listsPresent, item, words, item.ids));
    });
    result.unknown.forEach(function (item) {
      const close = item.alike.length <= 3 ? item.alike : [];
      const as = item.choice > 0 ? "，按" + picker.choices[item.choice].label + "算" : "";
      const words = "不在本支部名单" + (close.length > 0 ? as + "，是不是：" : "，未计入。");
      list.appendChild(picker.doubt(result, listsPresent, item, words, close));
    });
    remarks.forEach(function (remark) { list.appendChild(element("li", {}, remark)); });
    const parts = [told];
    if (missing.length > 0) parts.push(element("p", {}, "没有写到的 " + missing.length + " 人改为" + this.choices[1].label + "：" + missing.join("、") + "。"));
    parts.push(this.meaningSwitch(result, listsPresent));
    if (open > 0) parts.push(list);
    this.tell(parts);
  };

  /** One line to put right: who it says, and a button for each person it may mean. */
  Picker.prototype.doubt = function (result, listsPresent, item, words, ids) {
    const picker = this;
    const line = element("li", {}, "「" + item.text + "」" + words);
    ids.forEach(function (id) {
      const person = picker.people.find(function (other) { return other.id === id; });
      const choose = element("button", { type: "button", class: "btn btn-sm ms-2" }, person.name + (person.note ? "（" + person.note + "）" : ""));
      choose.addEventListener("click", function () {
        const others = function (other) { return other !== item && !(ids.length === 1 && other.text === item.text); };
        picker.apply(Object.assign({}, result, {
          matched: result.matched.concat([{ id: id, choice: item.choice }]),
          ambiguous: result.ambiguous.filter(others),
          unknown: result.unknown.filter(others),
        }), listsPresent);
        person.button.focus();
      });
      line.appendChild(choose);
    });
    return line;
  };

  Picker.prototype.meaningSwitch = function (result, listsPresent) {
    const picker = this;
    const row = element("p");
    [["这是到会名单", true], ["这是缺席名单", false]].forEach(function (pair) {
      const button = element("button", { type: "button", class: "btn btn-sm me-2", "aria-pressed": String(pair[1] === listsPresent) }, pair[0]);
      button.addEventListener("click", function () { picker.apply(result, pair[1]); });
      row.appendChild(button);
    });
    [["撤销粘贴", true], ["核对好了", false]].forEach(function (pair) {
      const button = element("button", { type: "button", class: "btn btn-sm btn-link" }, pair[0]);
      button.addEventListener("click", function () { picker.closeReport(pair[1]); });
      row.appendChild(button);
    });
    return row;
  };

  Picker.prototype.closeReport = function (takeBack) {
    if (takeBack) {
      this.people.forEach(function (person, at) { person.set(this.before[at]); }, this);
    }
    this.before = null;
    this.report.hidden = true;
    this.find.focus();
  };

  let pickers = [];
  function start() {
    pickers = Array.from(document.querySelectorAll("[data-people]"), function (root) { return new Picker(root); });
  }
  start();
  document.addEventListener("paste", function (event) {
    pickers.forEach(function (picker) { picker.pasted(event); });
  });

  // Drafts that are brought back change the lists without an event for each.
  document.addEventListener("portal:filled", function () {
    pickers.forEach(function (picker) {
      picker.people.forEach(function (person) { person.show(); });
      picker.count();
    });
  });

  // <div data-people-url="ADDRESS" data-people-watch="held_on kinds">: who is expected depends on these fields of the
  // form; when one changes, the address answers a post of the form with the new grid.
  document.querySelectorAll("[data-people-url]").forEach(function (place) {
    const form = place.closest("form");
    const watched = place.dataset.peopleWatch.split(" ");
    let newest = 0;
    form.addEventListener("change", function (event) {
      if (watched.indexOf(event.target.name) < 0) return;
      newest += 1;
      const asked = newest;
      const body = new FormData(form);
      form.querySelectorAll("input[type=file]").forEach(function (field) { body.delete(field.name); });
      portal.send(place.dataset.peopleUrl, { method: "POST", body: body }).then(function (response) {
        return response.ok ? response.text() : null;
      }).then(function (html) {
        if (html === null || asked !== newest) return;
        // What was ticked while the list was on its way stays ticked, and the keyboard stays at its place.
        const chosen = Array.from(place.querySelectorAll("select"), function (select) { return [select.id, select.value]; });
        const at = document.activeElement.closest("[data-person]");
        place.innerHTML = html;
        chosen.forEach(function (pair) {
          const select = document.getElementById(pair[0]);
          if (select) select.value = pair[1];
        });
        start();
        const again = at && place.querySelector("[data-person='" + at.dataset.person + "'] button");
        if (again) again.focus();
      }).catch(function () { /* without the network the list stays as it is; saving checks it again */ });
    });
  });
})();
