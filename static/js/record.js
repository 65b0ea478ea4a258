// The record form: parts that belong to one form of meeting show only while that form is chosen.
(function () {
  "use strict";

  const form = document.querySelector("form[data-record]");
  if (!form) return;

  function chosen() {
    return Array.from(form.querySelectorAll("input[name=kinds]:checked"), function (box) { return box.value; });
  }

  function show() {
    const kinds = chosen();
    form.querySelectorAll("[data-for-kind]").forEach(function (part) {
      const at = kinds.indexOf(part.dataset.forKind);
      const filled = Array.from(part.querySelectorAll("textarea")).some(function (field) { return field.value; });
      part.hidden = at < 0 || (part.hasAttribute("data-not-first") && at === 0 && !filled);
    });
  }

  form.addEventListener("change", function (event) { if (event.target.name === "kinds") show(); });
  document.addEventListener("portal:filled", show);
  show();
})();
