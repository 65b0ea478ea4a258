// A block copied from a spreadsheet is pasted over the lines of a form: [data-columns] holds rows [data-columns-row] of inputs
// [data-column]. One line alone is pasted as ever. Without script every line is filled in by hand.
(function () {
  "use strict";

  function cellsOf(text) {
    return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); });
  }

  function put(input, text) {
    input.value = text.trim();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.querySelectorAll("[data-columns]").forEach(function (block) {
    const rows = Array.from(block.querySelectorAll("[data-columns-row]")).map(function (row) {
      return Array.from(row.querySelectorAll("[data-column]"));
    });
    block.addEventListener("paste", function (event) {
      const down = rows.findIndex(function (row) { return row.indexOf(event.target) >= 0; });
      const cells = cellsOf(event.clipboardData.getData("text"));
      if (down < 0 || (cells.length === 1 && cells[0].length === 1)) return;
      event.preventDefault();
      const right = rows[down].indexOf(event.target);
      cells.forEach(function (line, at) {
        line.forEach(function (text, beside) {
          const row = rows[down + at];
          if (row && row[right + beside]) put(row[right + beside], text);
        });
      });
    });
  });
}());
