// The record form: parts that belong to forms of meeting show only while one of these is chosen;
// the usual agenda of a form is put into its minutes by a button.
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
      const at = part.dataset.forKind.split(" ").reduce(function (found, kind) {
        return Math.max(found, kinds.indexOf(kind));
      }, -1);
      const filled = Array.from(part.querySelectorAll("textarea")).some(function (field) { return field.value; });
      part.hidden = at < 0 || (part.hasAttribute("data-not-first") && at === 0 && !filled);
    });
  }

  function minutesOf(kind) {
    const own = form.querySelector("#id_minutes_" + kind);
    return chosen().indexOf(kind) === 0 || !own ? form.querySelector("#id_minutes") : own;
  }

  form.querySelectorAll("[data-agenda]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      const field = minutesOf(button.dataset.agendaKind);
      field.value = field.value + (field.value && !field.value.endsWith("\n") ? "\n" : "") + button.dataset.agenda;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  });

  form.addEventListener("change", function (event) { if (event.target.name === "kinds") show(); });
  document.addEventListener("portal:filled", show);
  show();

  // ADDRESS#id_held_on opens the page at that field, ready to be typed over.
  function goTo() {
    const asked = document.getElementById(location.hash.slice(1));
    if (!asked || !form.contains(asked)) return;
    asked.focus();
    if (asked.matches("input")) asked.select();
  }
  window.addEventListener("hashchange", goTo);
  goTo();
})();
