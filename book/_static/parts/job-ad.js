// Counts the skills that a pasted job ad names: `count` does what course.job_ads.count does; a test compares them.
// Nothing leaves the page. The ad is not kept; what you tick is, in this browser, under course.job-ad.
(() => {
  "use strict";

  const KEY = "course.job-ad";
  const ROLES = { ml: "● ML", ai: "■ AI", both: "◆ both" };
  const LETTER = "[\\p{L}\\p{N}]";
  const APART = "[\\s\\-\\u2010\\u2011]*";

  const escape = (word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const pattern = ({ text }) =>
    `(${text.split(/[\s-]+/).map(escape).join(APART)}${text.endsWith("s") ? "" : "s?"})`;

  // terms: [{text, skill, role}], longest first. Returns mentions with their place in the text, and the counts.
  function count(text, terms) {
    const all = new RegExp(`(?<!${LETTER})(?:${terms.map(pattern).join("|")})(?!${LETTER})`, "giu");
    const mentions = [...text.matchAll(all)].map((match) => {
      const term = terms[match.findIndex((group, at) => at > 0 && group !== undefined) - 1];
      return { start: match.index, end: match.index + match[0].length, skill: term.skill, role: term.role };
    });
    const skills = {};
    const by_role = { ml: 0, ai: 0, both: 0 };
    const mentions_by_role = { ml: 0, ai: 0, both: 0 };
    for (const { skill, role } of mentions) {
      if (!(skill in skills)) by_role[role] += 1;
      skills[skill] = (skills[skill] ?? 0) + 1;
      mentions_by_role[role] += 1;
    }
    const lean = by_role.ml === by_role.ai ? "tie" : by_role.ml > by_role.ai ? "ml" : "ai";
    return { mentions, skills, by_role, mentions_by_role, lean };
  }

  const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const make = (tag, content, properties = {}) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...[content].flat());
    return element;
  };

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  // The ad as text nodes and marks: what was pasted never becomes markup.
  function highlighted(text, mentions) {
    const pieces = [];
    let at = 0;
    for (const { start, end, role } of mentions) {
      const sign = make("span", ROLES[role][0], { className: "ja-sign" });
      pieces.push(text.slice(at, start), make("mark", [sign, text.slice(start, end)], { className: `ja-${role}` }));
      at = end;
    }
    return [...pieces, text.slice(at)];
  }

  function summary(counted) {
    const parts = Object.keys(ROLES).map((role) => {
      const named = plural(counted.mentions_by_role[role], "mention");
      return `${ROLES[role]}: ${plural(counted.by_role[role], "skill")} (${named})`;
    });
    const { ml, ai } = counted.by_role;
    const little = Math.abs(ml - ai) === 1 ? ", by one skill: too little to go by" : "";
    const lean = counted.lean === "tie" ? "The count is a tie." : `The count leans to ${ROLES[counted.lean]}${little}.`;
    return `${parts.join(", ")}. ${lean}`;
  }

  function build(section, number) {
    const { terms, skills, ads } = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    const name = (what) => `job-ad-${number}-${what}`;
    const choice = make("select", ads.map((ad) => new Option(`${ad.id}: ${ad.title}`, ad.id)), { id: name("example") });
    const text = make("textarea", "", { id: name("text"), rows: 9, spellcheck: false });
    const button = (label, act) => {
      const made = make("button", label, { type: "button" });
      made.addEventListener("click", act);
      return made;
    };

    const boxes = new Map();
    const kept = new Set(read());
    const groups = Object.entries({ both: "◆ Shared by both roles", ml: "● ML engineer", ai: "■ AI engineer" });
    const ticks = groups.map(([role, title]) => {
      const rows = skills.filter((skill) => skill.role === role).map((skill) => {
        const box = make("input", [], { type: "checkbox", id: name(skill.id), checked: kept.has(skill.id) });
        box.addEventListener("change", save);
        boxes.set(skill.id, box);
        return make("div", [box, make("label", skill.name, { htmlFor: box.id })]);
      });
      return make("fieldset", [make("legend", title), ...rows]);
    });

    const status = make("p", "", { className: "ja-said" });
    status.setAttribute("role", "status");
    const result = make("div", [], { className: "ja-result" });
    const note = make("p", "The ad stays on this device and is not kept. Your ticks are kept in this browser.");
    note.className = "ja-note";

    function save() {
      try {
        localStorage.setItem(KEY, JSON.stringify(skills.map((s) => s.id).filter((id) => boxes.get(id).checked)));
      } catch {
        note.textContent = "The ad stays on this device. This browser does not let the page keep your ticks.";
      }
      if (result.childElementCount) show();
    }

    function listed(title, ids, counted) {
      const items = ids.map((id) => {
        const skill = skills.find((each) => each.id === id);
        const link = make("a", skill.claim, { href: `#${skill.claim.toLowerCase()}` });
        const named = `, ${plural(counted.skills[id], "mention")} (`;
        return make("li", [`${ROLES[skill.role][0]} ${skill.name}`, named, link, ")"]);
      });
      const body = items.length ? make("ul", items) : make("p", "None.");
      return make("div", [make("p", `${title}: ${ids.length}`, { className: "ja-head" }), body]);
    }

    function show() {
      const counted = count(text.value, terms);
      const named = Object.keys(counted.skills);
      if (!text.value.trim()) {
        status.textContent = "There is no text yet: paste an ad, or load an example.";
        result.replaceChildren();
        return;
      }
      status.textContent = named.length ? summary(counted) : "The text names none of the listed skills.";
      const ad = make("div", highlighted(text.value, counted.mentions), { className: "ja-text", tabIndex: 0 });
      ad.setAttribute("role", "region");
      ad.setAttribute("aria-label", "The ad with its terms marked");
      const have = named.filter((id) => boxes.get(id).checked);
      const lack = named.filter((id) => !boxes.get(id).checked);
      // Who has ticked nothing has not said that they can do nothing.
      const ticked = skills.some((each) => boxes.get(each.id).checked);
      const lists = make("div", ticked
        ? [listed("The ad names, you have", have, counted), listed("The ad names, you lack", lack, counted)]
        : [listed("Tick above what you can do today, and this list is split. The ad names", lack, counted)],
      { className: "ja-lists" });
      const words = "A count of words, not a model: it reads no sentence, so “no RAG” counts as RAG.";
      result.replaceChildren(make("p", words, { className: "ja-note" }), lists, ad);
    }

    const form = make("form", [
      make("p", [
        make("label", "An example", { htmlFor: choice.id }), choice,
        button("Load it", () => {
          const ad = ads.find((each) => each.id === choice.value);
          text.value = `${ad.title}\n\n${ad.text}`;
          show();
        }),
      ], { className: "ja-row" }),
      make("p", [make("label", "Or paste the text of a job ad", { htmlFor: text.id }), text], { className: "ja-paste" }),
      make("details", [make("summary", "Tick what you can do today"), make("div", ticks, { className: "ja-ticks" })]),
      make("p", [
        make("button", "Count", { type: "submit", className: "ja-count" }),
        button("Clear", () => {
          text.value = "";
          boxes.forEach((box) => { box.checked = false; });
          try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
          result.replaceChildren();
          status.textContent = "Cleared: the text, the ticks, and what this browser kept.";
        }),
      ], { className: "ja-row" }),
    ], { className: "ja-form" });
    form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
    section.querySelector(".course-part-fallback").replaceChildren(form, note, status, result);
  }

  window.courseJobAd = { count };
  document.querySelectorAll('[data-part="job-ad"]').forEach(build);
})();
