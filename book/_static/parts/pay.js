/* Advertised pay: the reader picks titles, level, year and how ads are counted; bars, a table and a sentence follow.
   All numbers come from the JSON in the page (course/pay.py counted them); nothing is computed here but percentages. */
(() => {
  "use strict";

  const SHAPES = { ml: "●", ai: "■", ds: "▲", se: "◆" };
  const COUNTED = { distinct: "distinct ads (repeats dropped)", all: "all ads" };
  const FEW = 30; // below it a verdict is never reached in the book

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const shape = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  const number = (value) => value.toLocaleString("en-US");
  const dollars = (thousands) => `${Math.round(thousands)}K`;

  const select = (label, options, onChange) => {
    const box = make("select", { id: `pay-${label.toLowerCase()}` });
    for (const [value, text] of options) box.append(make("option", { value, textContent: text }));
    box.addEventListener("change", onChange);
    return [make("div", { className: "pay-choice" }, make("label", { htmlFor: box.id, textContent: label }), box), box];
  };

  /* The bars of one title: share of its ads in each bin, the claimed range behind, the median in front. */
  const bars = (key, cell, claimed, top, highest) => {
    const last = top / 10 + 1;
    const svg = shape("svg", { viewBox: `0 0 ${last} 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
    if (claimed) {
      const [from, to] = claimed.map((end) => end / 10);
      svg.append(shape("rect", { class: "pay-claimed", x: from, y: 0, width: to - from, height: 100 }));
    }
    cell.bins.forEach((count, bin) => {
      if (!count) return;
      const height = (100 * count) / cell.n / highest;
      svg.append(shape("rect", { class: `pay-bar pay-${key}`, x: bin + 0.06, y: 100 - height, width: 0.88, height }));
    });
    const middle = Math.min(cell.quartiles[1], top + 10) / 10;
    // Twice: the wider line behind sets the median off from bars of any colour.
    for (const name of ["pay-median pay-halo", "pay-median"]) {
      svg.append(shape("line", { class: name, x1: middle, x2: middle, y1: 0, y2: 100 }));
    }
    return svg;
  };

  const axis = (top) => {
    const line = make("div", { className: "pay-axis" });
    line.setAttribute("aria-hidden", "true");
    for (let at = 0; at <= top; at += 100) {
      const tick = make("span", { textContent: at === top ? `${at}K+` : `${at}K` });
      tick.style.left = `${(100 * at) / (top + 10)}%`;
      line.append(tick);
    }
    return line;
  };

  const sentence = (title, cell, claimed) => {
    if (!cell) return `${title}: no ads.`;
    const [low, middle, high] = cell.quartiles.map(dollars);
    const few = cell.n < FEW ? " Fewer than 30 ads: do not lean on it." : "";
    const said = claimed ? ` The article claims ${dollars(claimed[0])} to ${dollars(claimed[1])}.` : "";
    const ads = cell.n === 1 ? "1 ad" : `${number(cell.n)} ads`;
    return `${title}: ${ads}, median ${middle}, middle half ${low} to ${high}.${said}${few}`;
  };

  const table = (rows) => {
    const head = make("tr");
    for (const text of ["title", "n", "median", "quartiles", "claimed"]) {
      head.append(make("th", { scope: "col", textContent: text }));
    }
    const body = make("tbody");
    for (const { name, cell, claimed } of rows) {
      const [low, middle, high] = cell ? cell.quartiles.map(dollars) : [];
      const texts = cell ? [number(cell.n), middle, `${low} to ${high}`] : ["0", "none", "none"];
      texts.push(claimed ? `${dollars(claimed[0])} to ${dollars(claimed[1])}` : "no claim");
      const row = make("tr", {}, make("th", { scope: "row", textContent: name }));
      row.append(...texts.map((textContent) => make("td", { textContent })));
      body.append(row);
    }
    const caption = make("caption", { textContent: "Middle of the advertised range, USD a year" });
    return make("table", {}, caption, make("thead", {}, head), body);
  };

  class Pay {
    constructor(part) {
      this.data = JSON.parse(part.querySelector('script[type="application/json"]').textContent);
      const { titles, levels, years } = this.data;
      [this.titles, this.levels] = [new Map(titles), new Map(levels)];
      const draw = () => this.draw();
      const legend = make("legend", { textContent: "Titles" });
      const group = make("fieldset", { className: "pay-titles" }, legend);
      this.boxes = titles.map(([key, title]) => {
        const box = make("input", { type: "checkbox", value: key, checked: key === "ml" || key === "ai" });
        box.addEventListener("change", draw);
        const mark = make("span", { className: `pay-mark pay-${key}`, textContent: SHAPES[key] });
        mark.setAttribute("aria-hidden", "true");
        group.append(make("label", {}, box, " ", mark, ` ${title}`));
        return box;
      });
      const [level, levelBox] = select("Level", levels, draw);
      const [year, yearBox] = select("Year", years.map((each) => [each, each]), draw);
      const [counted, countedBox] = select("Count", Object.entries(COUNTED), draw);
      levelBox.value = "SE";
      Object.assign(this, { levelBox, yearBox, countedBox });
      this.pictures = make("div", { className: "pay-pictures" });
      this.said = make("p", { className: "pay-said" });
      this.said.setAttribute("role", "status");
      this.numbers = make("div", { className: "pay-numbers", tabIndex: 0, role: "region", ariaLabel: "The numbers" });
      const choices = make("div", { className: "pay-choices" }, level, year, counted);
      const form = make("form", {}, group, choices);
      form.addEventListener("submit", (event) => event.preventDefault());
      part.querySelector(".course-part-fallback").replaceWith(form, this.pictures, this.said, this.numbers);
      this.draw();
    }

    draw() {
      const [level, year, population] = [this.levelBox, this.yearBox, this.countedBox].map((box) => box.value);
      const rows = this.boxes
        .filter((box) => box.checked)
        .map(({ value: key }) => ({
          key,
          name: this.titles.get(key),
          cell: this.data.cells[`${key} ${level} ${year} ${population}`],
          claimed: this.data.claimed[`${key} ${level}`],
        }));
      const shares = rows.filter((row) => row.cell).map((row) => Math.max(...row.cell.bins) / row.cell.n);
      const highest = Math.max(...shares, 0.01);
      this.pictures.replaceChildren(
        ...rows.filter((row) => row.cell).map((row) => this.picture(row, highest)),
      );
      const where = `Level ${this.levels.get(level)}, ${year}, ${COUNTED[population]}`;
      const said = rows.map(({ name, cell, claimed }) => sentence(name, cell, claimed)).join(" ");
      this.said.textContent = rows.length ? `${where}. ${said}` : "No title is chosen: choose at least one.";
      this.numbers.replaceChildren(...(rows.length ? [table(rows)] : []));
    }

    picture({ key, name, cell, claimed }, highest) {
      const mark = make("span", { className: `pay-mark pay-${key}`, textContent: SHAPES[key] });
      const heading = make("p", { className: "pay-heading" }, mark, ` ${name}, n = ${number(cell.n)}`);
      const { top } = this.data;
      return make("div", { className: "pay-picture" }, heading, bars(key, cell, claimed, top, highest), axis(top));
    }
  }

  for (const part of document.querySelectorAll('[data-part="pay"]')) new Pay(part);
})();
