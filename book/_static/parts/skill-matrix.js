// Filters and sorts the table of skills. Without this script the whole table stands on the page.
(() => {
  "use strict";

  function build(section) {
    const filters = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    const table = section.querySelector("table");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const bar = document.createElement("div");
    bar.className = "sm-bar";
    const status = document.createElement("p");
    status.setAttribute("role", "status");

    const labelled = (text, control) => {
      const label = document.createElement("label");
      label.append(text, control);
      bar.append(label);
      return control;
    };
    const select = (text, options, act) => {
      const made = labelled(text, document.createElement("select"));
      made.append(...options.map(([value, shown]) => new Option(shown, value)));
      made.addEventListener("change", act);
      return made;
    };
    const selects = Object.entries(filters).map(([name, options]) => {
      const made = select(name, [["", "all"], ...Object.entries(options)], update);
      made.name = name;
      return made;
    });
    const search = labelled("words", document.createElement("input"));
    search.type = "search";
    search.addEventListener("input", update);
    const choices = heads.flatMap((head, at) => [1, -1].map((way) => {
      const [up, down] = head.dataset.number ? ["lowest first", "highest first"] : ["A to Z", "Z to A"];
      return [`${at} ${way}`, `${head.textContent}, ${way > 0 ? up : down}`];
    }));
    const order = select("order", [["", "as in the claims"], ...choices], sort);
    order.name = "order";
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Show all";
    clear.addEventListener("click", () => {
      [...selects, search, order].forEach((control) => { control.value = ""; });
      sort();
    });
    bar.append(clear);

    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.dataset.number ? -1 : 1; // numbers: the highest first
        order.value = order.value === `${at} ${first}` ? `${at} ${-first}` : `${at} ${first}`;
        sort();
      });
    });

    const key = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim();

    function sort() {
      const [at, way] = order.value.split(" ").map(Number);
      const sorted = [...rows];
      if (order.value) {
        sorted.sort((one, other) => {
          const [a, b] = [key(one, at), key(other, at)];
          if (a === "" || b === "") return (a === "") - (b === ""); // what nobody measured comes last, both ways
          return way * (heads[at].dataset.number ? a - b : a.localeCompare(b, "en"));
        });
      }
      body.append(...sorted);
      heads.forEach((head, i) => {
        if (order.value && i === at) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
      update();
    }

    function update() {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !selects.every((each) => !each.value || row.dataset[each.name] === each.value)
          || !row.textContent.toLowerCase().includes(wanted);
        shown += !row.hidden;
      }
      const sorted = order.value ? `, in order of ${order.selectedOptions[0].textContent}` : "";
      status.textContent = `${shown} of ${rows.length} skills shown${sorted}`;
    }

    section.prepend(bar, status);
    update();
  }

  document.querySelectorAll('[data-part="skill-matrix"]').forEach(build);
})();
