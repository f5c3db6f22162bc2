// Asks how far the import is and shows the page anew when it has ended.
(function () {
  "use strict";
  var bar = document.getElementById("import-progress");
  var stage = document.getElementById("import-stage");
  function ask() {
    fetch(bar.dataset.watch, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (state) {
        if (state.ended) { location.reload(); return; }
        bar.max = state.total || 1;
        bar.value = state.done;
        stage.textContent = state.stage + ": " + state.done + (state.total ? " / " + state.total : "");
        setTimeout(ask, 500);
      })
      .catch(function () { setTimeout(ask, 2000); });
  }
  ask();
})();
