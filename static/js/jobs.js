// Keeps <div data-job="ADDRESS"> fresh: progress, words, and the file once it is made. Without script there is 刷新.
(function () {
  "use strict";

  function follow(box) {
    const bar = box.querySelector("progress");
    const refresh = box.querySelector("[data-job-refresh]");
    let wait = 1000;
    if (refresh) refresh.hidden = true;

    function show(job) {
      box.querySelector("[data-job-state]").textContent = job.state;
      box.querySelector("[data-job-count]").textContent = job.total ? job.done + " / " + job.total : "";
      box.querySelector("[data-job-note]").textContent = job.note || "";
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
      }
      if (!job.over) return;
      bar.max = bar.max || 1;
      bar.value = bar.max;
      const leave = box.querySelector("[data-job-leave]");
      if (leave) leave.hidden = true;
      if (job.file_url) {
        const file = box.querySelector("[data-job-file]");
        file.href = job.file_url;
        file.classList.remove("d-none");
      }
      if (job.next_url) location.assign(job.next_url);
    }

    function look() {
      fetch(box.dataset.job, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (response) {
        if (!response.ok) throw new Error("refused");
        return response.json();
      }).then(function (job) {
        show(job);
        if (!job.over) window.setTimeout(look, wait);
        wait = Math.min(wait + 250, 3000);
      }).catch(function () {
        if (refresh) refresh.hidden = false;
      });
    }
    look();
  }

  document.querySelectorAll("[data-job]:not([data-job-over])").forEach(follow);
})();
