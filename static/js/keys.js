// One key for one act of the page: J, K, A … press the link or button that names it, outside fields.
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = document.querySelector("[data-key='" + event.key.toLowerCase().replace(/[^a-z0-9]/g, "") + "']");
    if (!target) return;
    event.preventDefault();
    if (target.matches("textarea, input")) target.focus();
    else target.click();
  });
})();
