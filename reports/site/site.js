// Adds the search box. Filters and everything else work without it.
(function () {
  "use strict";
  var find = document.querySelector(".find"), box = document.getElementById("q"), hits = document.getElementById("hits");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tr.entry"));
  if (!find) return;
  find.hidden = false;
  box.addEventListener("input", function () {
    var words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean), found = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase(), fits = words.every(function (w) { return text.indexOf(w) >= 0; });
      row.hidden = !fits;
      if (fits) found++;
    });
    hits.textContent = words.length ? String(found) : "";
  });
})();
