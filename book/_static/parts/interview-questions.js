/* The bank of interview questions: search, filters, drawing at random, quizzes that check themselves.
   All texts stand in the page already; nothing is stored. */
(() => {
  "use strict";

  const PAGE = 8; // questions shown at once

  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function field(label, control) {
    control.id = `iq-${label.toLowerCase()}`;
    return element("div", { className: "iq-field" }, element("label", { htmlFor: control.id }, label), control);
  }

  function select(label, choices) {
    const control = element("select", {}, ...choices.map(([value, text]) => element("option", { value }, text)));
    return { control, shown: field(label, control) };
  }

  const copies = (node) => [...node.childNodes].map((child) => child.cloneNode(true));

  // A quiz in place of the list of options; the reasons stay where they are, behind their own click.
  function quiz(article, tell) {
    const right = article.dataset.right;
    const list = article.querySelector(".iq-options");
    const reasons = article.querySelector(".iq-reasons");
    const verdict = element("p", { className: "iq-verdict", role: "status" });
    const letters = [..."abcd"];
    const options = [...list.children].map((item, n) => {
      const radio = element("input", { type: "radio", name: `${article.id}-option`, value: letters[n] });
      const text = element("span", {}, element("strong", {}, `${letters[n].toUpperCase()} `), ...copies(item));
      return element("label", { className: "iq-option" }, radio, text);
    });
    const button = element("button", { type: "submit", className: "iq-button" }, "Check");
    const fieldset = element("fieldset", {}, element("legend", {}, "Your answer"), ...options, button);
    const form = element("form", { className: "iq-quiz" }, fieldset, verdict);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get(`${article.id}-option`);
      verdict.className = "iq-verdict";
      if (!chosen) {
        verdict.textContent = "Choose an option first.";
        return;
      }
      const reason = reasons.querySelectorAll("ol > li")[letters.indexOf(chosen)];
      const isRight = chosen === right;
      verdict.classList.add(isRight ? "iq-right" : "iq-wrong");
      verdict.replaceChildren(`${isRight ? "✓" : "✗"} ${chosen.toUpperCase()}: `, ...copies(reason));
      if (isRight) reasons.open = true;
      tell(article.id, isRight);
    });
    list.replaceWith(form);
  }

  function start(section) {
    const list = section.querySelector(".iq-list");
    const articles = [...list.querySelectorAll(".iq")];
    if (!articles.length) return;
    const { formats } = JSON.parse(section.querySelector("script[type='application/json']").textContent);
    const texts = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
    const firstTries = new Map(); // article id -> right at the first try
    let [shown, drawn, alone] = [PAGE, new Set(), null];

    const search = element("input", { type: "search", autocomplete: "off" });
    const format = select("Format", [["", "all formats"], ...Object.entries(formats)]);
    const role = select("Role", [["", "all roles"], ["ml", "● ML engineer, with both"], ["ai", "■ AI engineer, with both"]]);
    const level = select("Level", [["", "all levels"], ["junior", "junior"], ["mid", "mid"], ["senior", "senior"]]);
    const kind = select("Kind", [["", "all kinds"], ["quiz", "multiple choice"], ["open", "open"]]);
    const filters = element("div", { className: "iq-filters", role: "search", "aria-label": "Interview questions" },
      field("Search", search), format.shown, role.shown, level.shown, kind.shown);
    const count = element("p", { className: "iq-count", role: "status" });
    const tries = element("p", { className: "iq-count", role: "status" });
    const draw = element("button", { type: "button", className: "iq-button" }, "Draw one at random");
    const back = element("button", { type: "button", className: "iq-button", hidden: true }, "Back to the list");
    const more = element("button", { type: "button", className: "iq-button iq-more" });
    list.before(filters, element("div", { className: "iq-actions" }, draw, back), count, tries);
    list.after(more);

    function tell(id, isRight) {
      if (!firstTries.has(id)) firstTries.set(id, isRight);
      const right = [...firstTries.values()].filter(Boolean).length;
      tries.textContent = `Multiple choice: ${right} of ${firstTries.size} right at the first try.`;
    }

    function matching() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      return articles.filter((article) => {
        const tags = article.dataset;
        return (!format.control.value || tags.format === format.control.value)
          && (!role.control.value || tags.role === role.control.value || tags.role === "both")
          && (!level.control.value || tags.level === level.control.value)
          && (!kind.control.value || (kind.control.value === "quiz") === Boolean(tags.right))
          && words.every((word) => texts.get(article).includes(word));
      });
    }

    function show() {
      const found = matching();
      const visible = new Set(alone ? [alone] : found.slice(0, shown));
      for (const article of articles) article.hidden = !visible.has(article);
      const left = alone ? 0 : found.length - visible.size;
      more.hidden = left === 0;
      more.textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
      back.hidden = !alone;
      draw.disabled = !found.length;
      draw.textContent = alone ? "Draw another" : "Draw one at random";
      if (!found.length) count.textContent = "No question matches. Take a filter away.";
      else if (drawn.size) count.textContent = `Drawn ${drawn.size} of ${found.length} questions.`;
      else count.textContent = `${found.length} of ${articles.length} questions.`;
    }

    function reset() {
      [shown, drawn, alone] = [PAGE, new Set(), null];
      show();
    }

    draw.addEventListener("click", () => {
      const found = matching();
      if (found.every((article) => drawn.has(article))) drawn = new Set(); // all seen: from the start
      const left = found.filter((article) => !drawn.has(article) && (article !== alone || found.length === 1));
      alone = left[Math.floor(Math.random() * left.length)];
      drawn.add(alone);
      for (const details of alone.querySelectorAll("details")) details.open = false;
      show();
      alone.querySelector(".iq-title").focus();
    });
    back.addEventListener("click", () => {
      reset();
      draw.focus();
    });
    more.addEventListener("click", () => {
      const first = matching()[shown];
      shown += PAGE;
      show();
      first.querySelector(".iq-title").focus();
    });
    search.addEventListener("input", reset);
    for (const { control } of [format, role, level, kind]) control.addEventListener("change", reset);

    // A link to one question shows that question.
    function follow() {
      const target = articles.find((article) => `#${article.id}` === location.hash);
      if (!target) return;
      alone = target;
      show();
      target.scrollIntoView();
    }

    for (const article of articles) if (article.dataset.right) quiz(article, tell);
    window.addEventListener("hashchange", follow);
    show();
    follow();
  }

  document.querySelectorAll('[data-part="interview-questions"]').forEach(start);
})();
