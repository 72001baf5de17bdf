// Adds search, link copying and "expand all". Everything else works without it.
(function () {
  "use strict";
  var tree = document.getElementById("clauses"), find = document.querySelector(".find");
  if (!tree || !find) return;
  var box = document.getElementById("q"), hits = document.getElementById("hits"), all = document.getElementById("open-all");
  var rows = null, timer = 0;
  find.hidden = false;

  function index() {
    rows = Array.prototype.map.call(tree.querySelectorAll(".c"), function (clause) {
      var said = clause.querySelectorAll("header h5,.req,.meta,.why,.k,.head"), text = "";
      for (var i = 0; i < said.length; i++) text += said[i].textContent + "\n";
      return [clause, text.toLowerCase()];
    });
  }

  function search() {
    var words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean), found = 0;
    if (!rows) index();
    rows.forEach(function (row) {
      var fits = words.every(function (word) { return row[1].indexOf(word) >= 0; });
      row[0].hidden = !fits;
      if (fits) found++;
    });
    Array.prototype.forEach.call(tree.querySelectorAll(".chapter"), function (chapter) {
      chapter.hidden = words.length > 0 && !chapter.querySelector(".c:not([hidden])");
    });
    hits.textContent = words.length ? found + " " + hits.dataset.unit : "";
  }

  function reveal() {
    var id = location.hash.slice(1), seen = null;
    try { seen = document.getElementById(decodeURIComponent(id)); } catch (ignore) { return; }
    if (!seen) return;
    if (seen.hidden) { box.value = ""; search(); }
    if (seen.matches(".c") && !seen.offsetParent) {
      document.getElementById("v-all").checked = document.getElementById("p-all").checked = true;
    }
    seen.scrollIntoView();
  }

  function copy(event) {
    var button = event.target.closest(".copy");
    if (!button) return;
    var link = location.href.split("#")[0] + "#" + button.closest(".c").id;
    function done() {
      button.classList.add("done");
      hits.textContent = hits.dataset.copied;
      button.textContent = "✓";
      setTimeout(function () { button.classList.remove("done"); button.textContent = "#"; }, 1500);
    }
    if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(link).then(done, byHand); } else byHand();
    function byHand() {
      var area = document.createElement("textarea");
      area.value = link;
      document.body.appendChild(area);
      area.select();
      try { document.execCommand("copy"); done(); } finally { area.remove(); button.focus(); }
    }
  }

  // The button of a clause is made when the clause is first pointed at or focused: 10,000 of them would slow the opening.
  function offer(event) {
    var clause = event.target.closest && event.target.closest(".c");
    if (!clause || clause.querySelector(".copy")) return;
    var head = clause.querySelector("h5"), button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "#";
    button.title = hits.dataset.copy;
    button.setAttribute("aria-label", hits.dataset.copy + " " + head.querySelector("a").textContent);
    head.appendChild(button);
  }

  box.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(search, 120); });
  all.addEventListener("click", function () {
    var open = all.getAttribute("aria-pressed") !== "true", label = all.textContent;
    Array.prototype.forEach.call(tree.querySelectorAll("details.ev"), function (d) { d.open = open; });
    all.setAttribute("aria-pressed", String(open));
    all.textContent = all.dataset.close;
    all.dataset.close = label;
  });
  tree.addEventListener("click", copy);
  ["pointerover", "pointerdown", "focusin"].forEach(function (kind) { tree.addEventListener(kind, offer); });
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
