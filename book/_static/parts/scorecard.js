// Filters the table of claims. Without this script the whole table stands on the page.
(() => {
  "use strict";

  const build = (section) => {
    const filters = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    const rows = [...section.querySelectorAll("tbody tr")];
    const bar = document.createElement("div");
    bar.className = "scorecard-filters";
    const status = document.createElement("p");
    status.setAttribute("role", "status");

    const selects = Object.entries(filters).map(([name, options]) => {
      const label = document.createElement("label");
      const select = document.createElement("select");
      select.name = name;
      select.append(new Option("all", ""), ...Object.entries(options).map(([value, text]) => new Option(text, value)));
      label.append(`${name} `, select);
      bar.append(label);
      select.addEventListener("change", update);
      return select;
    });
    const words = document.createElement("label");
    const search = document.createElement("input");
    search.type = "search";
    search.addEventListener("input", update);
    words.append("words ", search);
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Show all";
    clear.addEventListener("click", () => {
      selects.forEach((select) => { select.value = ""; });
      search.value = "";
      update();
    });
    bar.append(words, clear);

    // "back-end" is found as "backend", and a claim by the numbers and texts of its parts.
    const plain = (text) => text.toLowerCase().replace(/[\-\u2010\u2011]/g, "");
    const texts = new Map(rows.map((row) => [row, plain(`${row.textContent} ${row.dataset.words}`)]));

    function update() {
      const wanted = plain(search.value.trim());
      let shown = 0;
      for (const row of rows) {
        const fits = selects.every((select) => !select.value || row.dataset[select.name] === select.value)
          && texts.get(row).includes(wanted);
        row.hidden = !fits;
        shown += fits;
      }
      status.textContent = `${shown} of ${rows.length} claims shown`;
    }

    section.prepend(bar, status);
    update();
  };

  document.querySelectorAll('[data-part="scorecard"]').forEach(build);
})();
