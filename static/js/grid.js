// A grid of short entries, such as dues: table[data-grid] with td[data-cell=NAME]. One input moves from cell to cell. Arrows, Enter
// and Tab walk, a block copied from a spreadsheet is pasted over the cells, Ctrl+Z takes back the last paste or filling. A cell
// keeps what it held (data-was) beside what it says; only changed cells are handed in, as NAME and was-NAME. Without script the
// table only shows, and the page offers plain fields instead.
(function () {
  "use strict";

  const element = window.portal.element;

  function Grid(table) {
    this.table = table;
    this.form = table.closest("form");
    this.counter = this.form.querySelector("[data-grid-count]");
    this.input = element("input", { type: "text", class: "grid__input", autocomplete: "off" });
    this.current = null;
    this.before = [];
    this.rows = Array.from(table.tBodies[0].rows);
    this.cells().forEach(function (cell) { cell.tabIndex = -1; this.mark(cell); }, this);
    if (this.cells()[0]) this.cells()[0].tabIndex = 0;
    this.listen();
    this.count();
  }

  Grid.prototype.cells = function () { return Array.from(this.table.querySelectorAll("td[data-cell]")); };

  Grid.prototype.listen = function () {
    const grid = this;
    this.table.addEventListener("mousedown", function (event) {
      const cell = event.target.closest("td[data-cell]");
      if (cell && cell !== grid.current) { event.preventDefault(); grid.open(cell); }
    });
    this.table.addEventListener("focusin", function (event) {
      const cell = event.target;
      if (cell.matches("td[data-cell]") && cell !== grid.current) grid.open(cell);
    });
    this.input.addEventListener("keydown", function (event) { grid.press(event); });
    this.input.addEventListener("paste", function (event) { grid.pasted(event); });
    this.input.addEventListener("blur", function () { grid.close(); });
    this.form.addEventListener("submit", function () { grid.handIn(); });
    this.form.querySelectorAll("[data-grid-fill]").forEach(function (button) {
      button.addEventListener("click", function (event) { event.preventDefault(); grid.fill(button.dataset.gridFill); });
    });
    window.addEventListener("beforeunload", function (event) {
      if (grid.changed().length && !grid.handedIn) { event.preventDefault(); event.returnValue = ""; }
    });
  };

  /** What a cell says; the one being edited says what stands in the input. */
  Grid.prototype.text = function (cell) {
    return (cell === this.current ? this.input.value : cell.textContent).trim();
  };

  Grid.prototype.put = function (cell, text) {
    if (cell === this.current) this.input.value = text;
    else cell.textContent = text;
    this.mark(cell);
  };

  Grid.prototype.mark = function (cell) {
    cell.classList.toggle("is-changed", this.text(cell) !== cell.dataset.was);
  };

  Grid.prototype.open = function (cell) {
    this.close();
    this.input.value = cell.textContent.trim();
    this.input.setAttribute("aria-label", cell.dataset.label);
    this.input.setAttribute("inputmode", cell.dataset.mode || "decimal");
    this.current = cell;
    this.opened = this.input.value;
    cell.textContent = "";
    cell.appendChild(this.input);
    this.input.focus();
    this.input.select();
  };

  Grid.prototype.close = function () {
    const cell = this.current;
    if (!cell) return;
    this.current = null;
    cell.textContent = this.input.value.trim();
    this.mark(cell);
    this.count();
  };

  /** The next cell that can be filled in a direction, null at the edge. */
  Grid.prototype.next = function (cell, down, right) {
    let row = this.rows.indexOf(cell.parentNode);
    let column = cell.cellIndex;
    for (;;) {
      row += down;
      column += right;
      const line = this.rows[row];
      if (!line || column < 0 || column >= line.cells.length) return null;
      if (line.cells[column].hasAttribute("data-cell")) return line.cells[column];
    }
  };

  /** The cell after or before this one in reading order. */
  Grid.prototype.beside = function (cell, step) {
    const cells = this.cells();
    return cells[cells.indexOf(cell) + step] || null;
  };

  Grid.prototype.press = function (event) {
    const input = this.input;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const atStart = whole || (input.selectionStart === 0 && input.selectionEnd === 0);
    const atEnd = whole || input.selectionStart === input.value.length;
    let target = null;
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      if (this.before.length && input.value === this.opened) { event.preventDefault(); this.takeBack(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { event.preventDefault(); input.value = this.opened; input.select(); return; }
    if (event.key === "Enter" || event.key === "ArrowDown") target = this.next(this.current, event.shiftKey ? -1 : 1, 0);
    else if (event.key === "ArrowUp") target = this.next(this.current, -1, 0);
    else if (event.key === "ArrowLeft" && atStart) target = this.next(this.current, 0, -1);
    else if (event.key === "ArrowRight" && atEnd) target = this.next(this.current, 0, 1);
    else if (event.key === "Tab") target = this.beside(this.current, event.shiftKey ? -1 : 1);
    else return;
    if (event.key === "Tab" && !target) { this.close(); return; }
    event.preventDefault();
    if (target) this.open(target);
  };

  /** Lay a block of lines and tabs over the cells from the current one on, place by place. */
  Grid.prototype.pasted = function (event) {
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    if (lines.length === 1 && lines[0].indexOf("\t") < 0) return;
    event.preventDefault();
    const from = this.rows.indexOf(this.current.parentNode);
    const left = this.current.cellIndex;
    const changes = [];
    lines.forEach(function (line, down) {
      const row = this.rows[from + down];
      line.split("\t").forEach(function (said, right) {
        const cell = row && row.cells[left + right];
        if (cell && cell.hasAttribute("data-cell")) changes.push([cell, said.trim()]);
      });
    }, this);
    this.change(changes);
  };

  /** Fill a column as due: cells that say nothing yet get what is due. */
  Grid.prototype.fill = function (column) {
    this.close();
    this.change(this.cells().filter(function (cell) {
      return cell.dataset.column === column && cell.dataset.due && !cell.textContent.trim();
    }).map(function (cell) { return [cell, cell.dataset.due]; }));
  };

  Grid.prototype.change = function (changes) {
    this.before = changes.map(function (change) { return [change[0], this.text(change[0])]; }, this);
    changes.forEach(function (change) { this.put(change[0], change[1]); }, this);
    this.opened = this.input.value;
    this.count();
  };

  Grid.prototype.takeBack = function () {
    this.before.forEach(function (former) { this.put(former[0], former[1]); }, this);
    this.before = [];
    this.opened = this.input.value;
    this.count();
  };

  Grid.prototype.changed = function () {
    return this.cells().filter(function (cell) { return this.text(cell) !== cell.dataset.was; }, this);
  };

  Grid.prototype.count = function () {
    const count = this.changed().length;
    if (this.counter) this.counter.textContent = count ? "已改 " + count + " 格，还没有保存" : "";
  };

  Grid.prototype.handIn = function () {
    this.close();
    this.handedIn = true;
    const form = this.form;
    form.querySelectorAll("[data-grid-entry]").forEach(function (entry) { entry.remove(); });
    this.changed().forEach(function (cell) {
      [[cell.dataset.cell, cell.textContent], ["was-" + cell.dataset.cell, cell.dataset.was]].forEach(function (entry) {
        form.appendChild(element("input", { type: "hidden", name: entry[0], value: entry[1], "data-grid-entry": "" }));
      });
    });
  };

  document.querySelectorAll("table[data-grid]").forEach(function (table) { new Grid(table); });
})();
