// The learning plan of a switch: `plan` and `markdown` do what course.plan and course.plan.text do; a test compares them.
// Nothing leaves the page: what you tick is kept in this browser under course.plan, and the download is made here.
(() => {
  "use strict";

  const KEY = "course.plan";
  const MARKS = { ml: "●", ai: "■", both: "◆" };
  const STANDINGS = { shared: "shared by both roles", required: "required of the {}", "nice-to-have": "nice for the {}" };
  const GROUPS = [
    ["both", "shared", "Shared by both roles"],
    ["ml", "required", "Required of the ML engineer"],
    ["ai", "required", "Required of the AI engineer"],
    ["ml", "nice-to-have", "Nice for the ML engineer"],
    ["ai", "nice-to-have", "Nice for the AI engineer"],
  ];

  const up = (hours, perWeek) => Math.floor((hours + perWeek - 1) / perWeek);
  const belongs = (skill, role) => skill.role === role || skill.role === "both";
  const skillsOf = (library, role) =>
    library.skills.filter((s) => belongs(s, role) && s.standing !== "nice-to-have").map((s) => s.id);

  // Returns the plan as `course plan --json` prints it. wishes: {from, to, have, lack, hours_per_week, nice_to_have}.
  function plan(library, wishes) {
    const skills = new Map(library.skills.map((skill) => [skill.id, skill]));
    const pace = wishes.hours_per_week;
    check(library, skills, wishes);
    const owned = new Set([...skillsOf(library, wishes.from), ...wishes.have]);
    wishes.lack.forEach((id) => owned.delete(id));

    const pending = skillsOf(library, wishes.to);
    if (wishes.nice_to_have) {
      pending.push(...library.skills.filter((s) => belongs(s, wishes.to)).map((s) => s.id));
    }
    const missing = new Set();
    while (pending.length) {
      const id = pending.pop();
      if (owned.has(id) || missing.has(id)) continue;
      missing.add(id);
      pending.push(...skills.get(id).after);
    }

    const steps = [];
    const open = new Set(missing);
    let spent = 0;
    while (open.size) {
      // The first skill of the table all of whose foundations are laid.
      const next = library.skills.find((s) => open.has(s.id) && !s.after.some((id) => open.has(id)));
      if (!next) throw new Error("these skills build on each other in a circle");
      open.delete(next.id);
      const first = Math.floor(spent / pace) + 1;
      spent += next.hours;
      steps.push({ ...next, weeks: [first, up(spent, pace)] });
    }
    return {
      from: wishes.from,
      to: wishes.to,
      hours_per_week: pace,
      have: library.skills.filter((s) => owned.has(s.id)).map((s) => s.id),
      hours: { guess: spent, low: spent / 2, high: spent * 2 },
      weeks: { guess: up(spent, pace), low: up(spent, 2 * pace), high: up(2 * spent, pace) },
      steps,
    };
  }

  function check(library, skills, wishes) {
    if (!(wishes.from in library.roles) || !(wishes.to in library.roles)) throw new Error("unknown role");
    if (wishes.from === wishes.to) throw new Error("give two different roles");
    const stranger = [...wishes.have, ...wishes.lack].find((id) => !skills.has(id));
    if (stranger !== undefined) throw new Error(`unknown skill ${stranger}`);
    const both = wishes.have.find((id) => wishes.lack.includes(id));
    if (both !== undefined) throw new Error(`${both} cannot be both had and lacked`);
    const pace = wishes.hours_per_week;
    if (!Number.isInteger(pace) || pace < 1 || pace > library.most_hours) {
      throw new Error(`give a whole number of hours from 1 to ${library.most_hours}`);
    }
  }

  // One decimal, halves up, in whole numbers: the same digits as in Python.
  function tenths(numerator, denominator) {
    const count = Math.floor((20 * numerator + denominator) / (2 * denominator));
    return count % 10 ? `${Math.floor(count / 10)}.${count % 10}` : `${count / 10}`;
  }

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const weeksOf = ([first, last]) => (last > first ? `${first} to ${last}` : `${first}`);
  const standing = (library, skill) => STANDINGS[skill.standing].replace("{}", library.roles[skill.role] ?? "");

  function summary(library, made) {
    if (!made.steps.length) {
      return [`You have every skill that this book lists for the ${library.roles[made.to]}. There is nothing to plan.`];
    }
    const { hours, weeks, hours_per_week: pace } = made;
    const labs = new Set(made.steps.flatMap((step) => step.labs));
    const exercises = new Set(made.steps.flatMap((step) => step.exercises));
    const minutes = (names, heads) => count([...names].reduce((sum, name) => sum + heads[name][1], 0), "minute");
    const [claim, least, most] = library.claimed[`${made.from}-${made.to}`];
    const part = hours.guess * 3;
    return [
      `${count(made.steps.length, "skill")}, about ${count(hours.guess, "hour")}: ${count(weeks.guess, "week")}, or ` +
        `${tenths(part, pace * 13)} months, at ${count(pace, "hour")} a week.`,
      "The hours are a guess by the authors of this book; nobody has measured them. If all of them are half or " +
        `twice as many: ${tenths(hours.guess, 2)} to ${hours.high} hours, ${weeks.low} to ${weeks.high} weeks.`,
      `The article's ${least} to ${most} months (${claim}) are claimed, no data shown: an opinion, without hours a week. ` +
        `This plan takes that long at ${tenths(part, most * 13)} to ${tenths(part, least * 13)} hours a week.`,
      `${count(labs.size, "lab")} of this book in it, ${minutes(labs, library.labs)}, and ` +
        `${count(exercises.size, "exercise")}, ${minutes(exercises, library.exercises)}. One that trains several skills ` +
        "stands at the first of them: come back to it later. The other hours are practice on work of your own.",
    ];
  }

  function sentence(library, made, step) {
    const place = new Map(made.steps.map((other, at) => [other.id, `step ${at + 1}`]));
    const names = new Map(library.skills.map((skill) => [skill.id, skill.name]));
    const builds = step.after.map((id) => `${names.get(id)} (${place.get(id) ?? "you have it"})`);
    const after = builds.length ? ` Builds on: ${builds.join(", ")}.` : "";
    const week = step.weeks[0] === step.weeks[1] ? "week" : "weeks";
    return (
      `About ${count(step.hours, "hour")} (a guess; ${tenths(step.hours, 2)} to ${2 * step.hours}), ` +
      `${week} ${weeksOf(step.weeks)}. ${step.claim}, ${standing(library, step)}.${after}`
    );
  }

  // What trains a step: {kind, name, title, path, note}; seen remembers the step at which a name stood first.
  function training(library, step, number, seen) {
    const described = (kind, heads, names, page) => names.map((name) => {
      const [title, minutes] = heads[name];
      const note = seen.has(name) ? `again: see step ${seen.get(name)}` : count(minutes, "minute");
      if (!seen.has(name)) seen.set(name, number);
      return { kind, name, title, path: page(name), note };
    });
    return [
      ...described("Lab", library.labs, step.labs, (path) => path.replace(/ipynb$/, "html")),
      ...described("Exercise", library.exercises, step.exercises, (name) => `book/exercises/${name}.html`),
    ];
  }

  function markdown(library, made) {
    const blocks = [`# Learning plan: from ${library.roles[made.from]} to ${library.roles[made.to]}`];
    blocks.push(...summary(library, made));
    if (made.steps.length) {
      const rows = made.steps.map((s, at) => `| ${at + 1} | ${s.name} | ${s.hours} | ${weeksOf(s.weeks)} |`);
      blocks.push(["| step | skill | hours (a guess) | weeks |", "|---|---|---|---|", ...rows].join("\n"));
    }
    const seen = new Map();
    made.steps.forEach((step, at) => {
      blocks.push(`## ${at + 1}. ${step.name}`, sentence(library, made, step));
      const lines = training(library, step, at + 1, seen).map(({ kind, name, title, note }) =>
        `- ${kind}: ${title} (${name}), ${note}`);
      blocks.push(lines.join("\n") || "- No lab and no exercise of this book yet.");
    });
    const names = library.skills.filter((skill) => made.have.includes(skill.id)).map((skill) => skill.name);
    blocks.push("## What you start with", `${names.join(", ") || "nothing of the list"}.`);
    return `${blocks.join("\n\n")}\n`;
  }

  // The command that prints the same plan.
  function command(wishes) {
    const list = (flag, ids) => (ids.length ? ` --${flag} ${ids.join(" ")}` : "");
    return (
      `course plan --from ${wishes.from} --to ${wishes.to}${list("have", wishes.have)}${list("lack", wishes.lack)}` +
      ` --hours-per-week ${wishes.hours_per_week}${wishes.nice_to_have ? " --nice-to-have" : ""}`
    );
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => {
      if (value !== false) made.setAttribute(name, value === true ? "" : value);
    });
    made.append(...children);
    return made;
  }

  // What the reader asked for: the ticks that differ from the role's own are kept when the direction changes.
  function read(library) {
    const fresh = { from: "ml", hours_per_week: 10, nice_to_have: false, changed: {} };
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
      const known = new Set(library.skills.map((skill) => skill.id));
      const changed = Object.entries(kept.changed ?? {}).filter(([id, has]) => known.has(id) && typeof has === "boolean");
      const pace = kept.hours_per_week;
      return {
        from: kept.from in library.roles ? kept.from : fresh.from,
        hours_per_week: Number.isInteger(pace) && pace > 0 && pace <= library.most_hours ? pace : fresh.hours_per_week,
        nice_to_have: kept.nice_to_have === true,
        changed: Object.fromEntries(changed),
      };
    } catch {
      return fresh; // storage is off, or holds what we did not write
    }
  }

  function keep(state) {
    try {
      if (state) localStorage.setItem(KEY, JSON.stringify(state));
      else localStorage.removeItem(KEY);
    } catch {
      // Without storage the part works, and forgets.
    }
  }

  const CODER = "application-development"; // an AI engineer's skill that a software engineer brings
  const other = (role) => (role === "ml" ? "ai" : "ml");

  function wishesOf(library, state) {
    const own = new Set(skillsOf(library, state.from));
    const ids = library.skills.map((skill) => skill.id);
    return {
      from: state.from,
      to: other(state.from),
      have: ids.filter((id) => state.changed[id] === true && !own.has(id)),
      lack: ids.filter((id) => state.changed[id] === false && own.has(id)),
      hours_per_week: state.hours_per_week,
      nice_to_have: state.nice_to_have,
    };
  }

  function chart(library, made) {
    const longest = Math.max(...made.steps.map((step) => step.weeks[1]));
    const rows = made.steps.map((step, at) => {
      const bar = element("span", { class: `plan-bar plan-${step.role}` });
      const before = made.steps.slice(0, at).reduce((sum, each) => sum + each.hours, 0);
      const whole = longest * made.hours_per_week;
      bar.style.marginLeft = `${(100 * before) / whole}%`;
      bar.style.width = `${(100 * step.hours) / whole}%`;
      const track = element("span", { class: "plan-track", "aria-hidden": "true" }, bar);
      const name = element("th", { scope: "row" }, `${MARKS[step.role]} ${step.name}`, track);
      return element("tr", {}, element("td", {}, `${at + 1}`), name, element("td", {}, `${step.hours}`),
        element("td", { class: "plan-weeks" }, weeksOf(step.weeks)));
    });
    const head = ["step", "skill, and when", "hours (a guess)", "weeks"].map((text) => element("th", { scope: "col" }, text));
    const caption = element("caption", {}, `When you learn what, from week 1 to week ${longest}`);
    return element("table", { class: "plan-chart" }, caption, element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows));
  }

  function details(library, made) {
    const seen = new Map();
    const items = made.steps.map((step, at) => {
      const lines = training(library, step, at + 1, seen).map(({ kind, title, path, note }) =>
        element("li", {}, `${kind}: `, element("a", { href: `../../${path}` }, title), ` (${note})`));
      if (!lines.length) lines.push(element("li", {}, "No lab and no exercise of this book yet."));
      return element("li", {}, element("strong", {}, step.name), element("br"), sentence(library, made, step),
        element("ul", {}, ...lines));
    });
    return element("ol", { class: "plan-steps" }, ...items);
  }

  function show(section) {
    const library = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    let state = read(library);
    const id = "plan-";

    const directions = ["ml", "ai"].map((role) => {
      const input = element("input", { type: "radio", name: "plan-from", value: role, id: `${id}from-${role}` });
      const text = `${MARKS[role]} ${library.roles[role]} to ${MARKS[other(role)]} ${library.roles[other(role)]}`;
      return element("div", {}, input, element("label", { for: input.id }, text));
    });
    const pace = element("input", { type: "number", id: `${id}pace`, min: 1, max: library.most_hours, step: 1, inputmode: "numeric" });
    const nice = element("input", { type: "checkbox", id: `${id}nice` });
    const boxes = new Map();
    const groups = GROUPS.map(([role, kind, legend]) => {
      const skills = library.skills.filter((skill) => skill.role === role && skill.standing === kind);
      const ticks = skills.map((skill) => {
        const box = element("input", { type: "checkbox", id: `${id}${skill.id}`, value: skill.id });
        boxes.set(skill.id, box);
        return element("div", {}, box, element("label", { for: box.id }, skill.name));
      });
      return element("fieldset", {}, element("legend", {}, `${MARKS[role]} ${legend}`), ...ticks);
    });
    const coder = element("button", { type: "button" }, "Tick as a software engineer");
    const again = element("button", { type: "button" }, "Start again");
    const form = element("form", { class: "plan-form" },
      element("fieldset", {}, element("legend", {}, "Your switch"), ...directions),
      element("fieldset", {}, element("legend", {}, "Your time and your aim"),
        element("div", {}, element("label", { for: pace.id }, "Hours a week: "), pace),
        element("div", {}, nice, element("label", { for: nice.id }, "Plan what is nice to have, too"))),
      element("details", { class: "plan-skills", open: window.matchMedia("(min-width: 40rem)").matches },
        element("summary", {}, "What you can do today (tick what is true of you)"),
        element("div", { class: "plan-groups" }, ...groups)),
      coder, " ", again);

    const said = element("p", { class: "plan-said", "aria-live": "polite" });
    const more = element("div");
    const code = element("code");
    const text = element("pre", { tabindex: 0, role: "region", "aria-label": "The plan as Markdown" });
    const save = element("button", { type: "button" }, "Download the plan (Markdown)");
    const result = element("div", { class: "plan-result" }, said, more, save,
      element("p", {}, "The same in a terminal: ", code),
      element("details", {}, element("summary", {}, "The plan as Markdown"), text));

    function update() {
      const wishes = wishesOf(library, state);
      const made = plan(library, wishes);
      const own = new Set(made.have);
      section.querySelector(`#${id}from-${state.from}`).checked = true;
      nice.checked = state.nice_to_have;
      boxes.forEach((box, skill) => { box.checked = own.has(skill); });
      const [first, ...rest] = summary(library, made);
      said.textContent = first;
      more.replaceChildren(...rest.map((line) => element("p", {}, line)));
      if (made.steps.length) more.append(chart(library, made), details(library, made));
      code.textContent = command(wishes);
      text.textContent = markdown(library, made);
    }

    function change(event) {
      if (event.target.name === "plan-from") state.from = event.target.value;
      else if (event.target === nice) state.nice_to_have = nice.checked;
      else if (event.target === pace) {
        const hours = Number(pace.value);
        const fine = Number.isInteger(hours) && hours >= 1 && hours <= library.most_hours;
        pace.setAttribute("aria-invalid", fine ? "false" : "true");
        if (!fine) {
          said.textContent = `Hours a week: a whole number from 1 to ${library.most_hours}. The plan below is unchanged.`;
          return;
        }
        state.hours_per_week = hours;
      } else {
        const own = skillsOf(library, state.from).includes(event.target.value);
        if (event.target.checked === own) delete state.changed[event.target.value];
        else state.changed[event.target.value] = event.target.checked;
      }
      keep(state);
      update();
    }

    form.addEventListener("change", change);
    form.addEventListener("submit", (event) => event.preventDefault());
    // As the table further down takes one: the shared skills and application development, nothing else.
    coder.addEventListener("click", () => {
      const own = new Set(skillsOf(library, state.from));
      const has = (skill) => skill.standing === "shared" || skill.id === CODER;
      const differ = library.skills.filter((skill) => has(skill) !== own.has(skill.id));
      state.changed = Object.fromEntries(differ.map((skill) => [skill.id, has(skill)]));
      keep(state);
      update();
    });
    again.addEventListener("click", () => {
      keep(null);
      state = read(library);
      pace.value = state.hours_per_week;
      pace.setAttribute("aria-invalid", "false");
      update();
    });
    save.addEventListener("click", () => {
      const address = URL.createObjectURL(new Blob([text.textContent], { type: "text/markdown" }));
      element("a", { href: address, download: `plan-${state.from}-to-${other(state.from)}.md` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    });

    section.querySelector(".course-part-fallback").hidden = true;
    section.append(form, result);
    pace.value = state.hours_per_week;
    update();
  }

  window.coursePlan = { plan, markdown };
  document.querySelectorAll('[data-part="plan"]').forEach(show);
})();
