/* The self-assessment: statements in a random order, the score, what moved it, and how little would change it.
   Answers stay in this browser. `score` is course/assessment.py's, which documents it; a test compares the two. */
(() => {
  "use strict";

  const KEY = "course.assessment";
  const NEUTRAL = 3;
  const NEAR = 4; // up to this difference: no lean
  const ROLES = { ml: "● ML engineer", ai: "■ AI engineer" };

  function leanOf(difference) {
    if (Math.abs(difference) <= NEAR) return "none";
    return difference > 0 ? "ml" : "ai";
  }

  function check(answers, statements) {
    const ids = statements.map((s) => s.id);
    const possible = (id) => Number.isInteger(answers[id]) && answers[id] >= 1 && answers[id] <= 5;
    if (!ids.every(possible)) throw new RangeError("every statement needs an answer, a whole number from 1 to 5");
    if (Object.keys(answers).some((id) => !ids.includes(id))) throw new RangeError("an answer has no statement");
    const count = (role) => statements.filter((s) => s.role === role).length;
    if (new Set(ids).size < ids.length || count("ml") !== count("ai") || 2 * count("ml") !== ids.length)
      throw new RangeError("statements need different ids, and equally many of ml and ai");
  }

  function score(answers, statements) {
    check(answers, statements);
    const direction = (s) => (s.reversed ? -1 : 1);
    const side = (s) => (s.role === "ml" ? 1 : -1);
    const points = (s) => (answers[s.id] - NEUTRAL) * direction(s);
    const total = (role) => statements.filter((s) => s.role === role).reduce((sum, s) => sum + points(s), 0);
    const [ml, ai] = [total("ml"), total("ai")];
    const difference = ml - ai;
    const lean = leanOf(difference);
    const claims = [...new Set(statements.map((s) => s.claim))];
    const isSplit = (claim) => {
      const values = statements.filter((s) => s.claim === claim).map(points);
      return Math.min(...values) < 0 && Math.max(...values) > 0;
    };
    const changes = (s, step) =>
      answers[s.id] + step >= 1 &&
      answers[s.id] + step <= 5 &&
      leanOf(difference + step * direction(s) * side(s)) !== lean;
    return {
      ml,
      ai,
      difference,
      lean,
      moved: Object.fromEntries(statements.map((s) => [s.id, points(s) * side(s) + 0])), // + 0: never minus zero
      flips: statements.flatMap((s) => [-1, 1].filter((step) => changes(s, step)).map((step) => [s.id, step])),
      steps: lean === "none" ? NEAR + 1 - Math.abs(difference) : Math.abs(difference) - NEAR,
      split: claims.filter(isSplit),
    };
  }

  /* The same seed gives the same order (mulberry32 and Fisher-Yates), so that a reload keeps it. */
  function shuffled(items, seed) {
    let state = seed >>> 0;
    const random = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const out = [...items];
    for (let i = out.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }

  // What this browser keeps: {first, latest, draft}; first and latest are {date, seed, guess, answers}.

  function readable(attempt, statements) {
    try {
      score(attempt.answers, statements);
      return { ...attempt, date: String(attempt.date), guess: String(attempt.guess || "") };
    } catch {
      return null; // of other statements, or broken
    }
  }

  function read(statements) {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      kept = {};
    }
    const first = readable(kept.first, statements);
    const latest = first && readable(kept.latest, statements);
    const draft = kept.draft && typeof kept.draft.answers === "object" && kept.draft.answers ? kept.draft : null;
    return { first, latest, draft };
  }

  /* Return whether it was kept: some browsers refuse, for pages opened as a file or in private windows. */
  function keep(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      return true;
    } catch {
      return false;
    }
  }

  function forget() {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // nothing was kept
    }
  }

  function canKeep() {
    try {
      localStorage.setItem(`${KEY}.probe`, "1");
      localStorage.removeItem(`${KEY}.probe`);
      return true;
    } catch {
      return false;
    }
  }

  // Words

  const signed = (points) => (points > 0 ? `+${points}` : points < 0 ? `−${-points}` : "0");
  const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;
  const leaning = (lean) => (lean === "none" ? "No lean" : `A lean to ${ROLES[lean]}`);

  function scoresLine(result, most) {
    return (
      `● ML ${signed(result.ml)}, ■ AI ${signed(result.ai)}, each between −${most} and +${most}. ` +
      `The difference is ${many(Math.abs(result.difference), "point", "points")}; up to ${NEAR} is called no lean.`
    );
  }

  function sensitivityLine(result) {
    const answers = new Set(result.flips.map(([id]) => id)).size;
    const into = result.lean !== "none" ? "into no lean" : `into a lean to ${ROLES[result.difference > 0 ? "ml" : "ai"]}`;
    if (answers)
      return `Moving one answer by one step would change this result ${into}: ${many(answers, "answer", "answers")} could do it. Read it as undecided.`;
    return `No single answer, moved by one step, would change this result: it would take ${result.steps} steps at least, all in one direction.`;
  }

  function warnings(answers, result, data) {
    const lines = [];
    if (Object.values(answers).every((answer) => answer === NEUTRAL))
      lines.push("You answered neither to everything: there is nothing to go by.");
    else if (result.ml < 0 && result.ai < 0)
      lines.push("Both scores are below zero: few of the article's reasons for either role are yours. Other reasons may be.");
    else if (result.lean === "none" && result.ml > 0 && result.ai > 0)
      lines.push("Reasons for both roles are yours. No lean is an answer: both would do, or the statements miss what matters to you.");
    if (result.lean !== "none" && result[result.lean] <= 0)
      lines.push(
        `The reasons for ${ROLES[result.lean]} are not yours either: the lean comes from your answers against the other role. ` +
          "That is a reason to doubt it.",
      );
    if (result.split.length)
      lines.push(
        `For ${many(result.split.length, "reason", "reasons")} of ${Object.keys(data.claims).length} your two answers pull in opposite directions: ` +
          `${result.split.join(", ")}. Either the statements miss the reason, or it depends for you.`,
      );
    for (const [one, other] of data.contradictions) {
      const sum = (claim) =>
        data.statements.filter((s) => s.claim === claim).reduce((total, s) => total + result.moved[s.id], 0);
      lines.push(
        `The article contradicts itself in ${one} (${data.claims[one]}) and ${other} (${data.claims[other]}). ` +
          `Your answers gave ${signed(sum(one))} and ${signed(sum(other))} points toward ML there.`,
      );
    }
    return lines;
  }

  /* The statements whose points changed, the largest change first. */
  function changed(before, after, data) {
    const rows = data.statements.map((s) => ({
      statement: s,
      from: before.answers[s.id],
      to: after.answers[s.id],
      points: score(after.answers, data.statements).moved[s.id] - score(before.answers, data.statements).moved[s.id],
    }));
    return rows.filter((row) => row.points).sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  }

  function asMarkdown(state, data) {
    const lines = ["# Self-assessment: ML engineer or AI engineer", "", "Not a validated scale: points, not percentages.", ""];
    for (const [name, attempt] of [["First time", state.first], ["Latest", state.latest]]) {
      if (!attempt) continue;
      const result = score(attempt.answers, data.statements);
      lines.push(`## ${name}, ${attempt.date}`, "", `**${leaning(result.lean)}.** ${scoresLine(result, data.statements.length)}`, "");
      if (attempt.guess) lines.push(`Before the statements you said: ${attempt.guess}.`, "");
      lines.push(sensitivityLine(result), "", "| Statement | Reason | Answer | Toward ML (+) or AI (−) |", "|---|---|---|---|");
      for (const s of data.statements)
        lines.push(`| ${s.text} | ${s.claim} | ${data.scale[attempt.answers[s.id] - 1]} | ${signed(result.moved[s.id])} |`);
      lines.push("");
    }
    return lines.join("\n");
  }

  function asJson(state, data) {
    const told = (attempt) => attempt && { ...attempt, result: score(attempt.answers, data.statements) };
    return JSON.stringify({ first: told(state.first), latest: told(state.latest), statements: data.statements }, null, 2);
  }

  // The page

  function el(tag, properties, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {}))
      if (name === "onclick") node.addEventListener("click", value);
      else node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  const button = (text, onclick, more) => el("button", { type: "button", class: "ca-button", onclick, ...more }, text);
  const link = (text, href) => el("a", { href }, text);

  function choices(name, legend, options, chosen, onchange) {
    const radios = options.map(([value, words]) => {
      const id = `assessment-${name}-${value}`;
      const input = el("input", { type: "radio", name, id, value });
      input.checked = String(chosen) === String(value);
      input.addEventListener("change", () => onchange(value));
      return el("div", { class: "ca-choice" }, input, el("label", { for: id }, words));
    });
    return el("fieldset", { class: "ca-statement" }, legend, el("div", { class: "ca-choices" }, ...radios));
  }

  function download(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const anchor = el("a", { href: address, download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  function start(section) {
    const data = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    const { statements, scale } = data;
    const state = read(statements);
    const status = el("p", { class: "ca-status", role: "status" });
    const body = el("div", { class: "ca-body" });
    const byHand = section.querySelector(".course-part-fallback");
    const folded = el("details", { class: "ca-by-hand" }, el("summary", null, "All statements, and how to score them by hand"));
    byHand.before(status, body, folded);
    folded.append(byHand);

    const keeps = canKeep();
    const where = () =>
      keeps
        ? "Your answers stay in this browser: nothing is sent anywhere. You can download them and clear them."
        : "Nothing is sent anywhere. This browser does not let the page keep your answers: they go when you leave it.";

    function renderForm() {
      if (!state.draft) state.draft = { seed: Math.floor(Math.random() * 4294967296), guess: "", answers: {} };
      const { draft } = state;
      const progress = el("p", { class: "ca-progress" });
      const submit = el("button", { type: "submit", class: "ca-button ca-main" }, "Show the result");
      const note = () => {
        const given = statements.filter((s) => draft.answers[s.id]).length;
        progress.textContent = `${given} of ${statements.length} answered.`;
      };
      const guess = choices(
        "guess",
        el("legend", null, "Before you start, and it does not count: which would you pick today?"),
        ["● ML", "■ AI", "cannot tell"].map((words) => [words, words]),
        draft.guess,
        (value) => {
          draft.guess = value;
          keep(state);
        },
      );
      guess.classList.add("ca-guess");
      const fields = shuffled(statements, draft.seed).map((s, index) => {
        const missing = el("span", { class: "ca-missing" });
        const legend = el("legend", null, el("span", { class: "ca-number" }, `${index + 1}.`), ` ${s.text} `, missing);
        const field = choices(s.id, legend, scale.map((words, i) => [i + 1, words]), draft.answers[s.id], (value) => {
          draft.answers[s.id] = value;
          missing.textContent = "";
          note();
          keep(state);
        });
        return { s, index, field, missing };
      });
      const form = el("form", { class: "ca-form", novalidate: "" }, guess, ...fields.map((f) => f.field), progress, submit);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const open = fields.filter((f) => !draft.answers[f.s.id]);
        for (const f of open) f.missing.textContent = "No answer yet.";
        if (open.length) {
          status.textContent =
            `${many(open.length, "statement has", "statements have")} no answer yet, the first is number ${open[0].index + 1}. ` +
            "Where you have no preference, choose neither.";
          open[0].field.querySelector("input").focus();
          return;
        }
        const attempt = { date: new Date().toISOString().slice(0, 10), ...draft };
        if (state.first) state.latest = attempt;
        else state.first = attempt;
        state.draft = null;
        keep(state);
        renderResult(true);
      });
      note();
      body.replaceChildren(el("p", { class: "ca-where" }, where()), form);
      if (state.first) body.prepend(button("Back to the result", backToResult));
    }

    function backToResult() {
      state.draft = null;
      keep(state);
      renderResult(true);
    }

    function renderResult(focus) {
      const attempt = state.latest || state.first;
      const result = score(attempt.answers, statements);
      const most = statements.length;
      const heading = el("h3", { class: "ca-lean", tabindex: "-1" }, leaning(result.lean));
      const again = state.latest
        ? "Take it again: it replaces the latest result, the first one stays"
        : "Take it again, best after both labs: the page then shows what moved";
      const parts = [
        heading,
        el("p", { class: "ca-scores" }, scoresLine(result, most)),
        line(result, most),
        el("p", { class: "ca-sensitivity" }, sensitivityLine(result)),
      ];
      if (result.flips.length) parts.push(flipList(result, attempt));
      if (attempt.guess) parts.push(el("p", { class: "ca-guessed" }, `Before the statements you said: ${attempt.guess}.`));
      parts.push(...warnings(attempt.answers, result, data).map((text) => el("p", null, text)));
      if (state.latest) parts.push(...moved());
      parts.push(...why(result, attempt), ...next(result));
      parts.push(
        el("p", { class: "ca-where" }, `Taken on ${attempt.date}. ${where()}`),
        el(
          "div",
          { class: "ca-buttons" },
          button(again, () => {
            state.draft = null;
            renderForm();
            status.textContent = "The statements again, in another order.";
            body.querySelector(".ca-guess input").focus();
          }),
          button("Download as Markdown", () => download("self-assessment.md", "text/markdown", asMarkdown(state, data))),
          button("Download as JSON", () => download("self-assessment.json", "application/json", asJson(state, data))),
          button("Clear from this device", clear),
        ),
      );
      body.replaceChildren(el("div", { class: "ca-result" }, ...parts));
      status.textContent = ""; // the heading, which is read aloud when it gets the focus, says it once
      if (focus) heading.focus();
    }

    function clear() {
      if (!window.confirm("Remove your answers and results from this browser?")) return;
      forget();
      Object.assign(state, { first: null, latest: null, draft: null });
      renderForm();
      status.textContent = "Cleared: this browser keeps nothing of it now.";
      body.querySelector(".ca-guess input").focus();
    }

    /* Both scores on one line; the sentence above it says the same. */
    function line(result, most) {
      const dot = (role, mark) =>
        el("span", { class: `ca-mark ca-${role}`, style: `left: ${(50 * (result[role] + most)) / most}%` }, mark);
      const ends = el("div", { class: "ca-ends" }, el("span", null, `−${most}`), el("span", null, "0"), el("span", null, `+${most}`));
      return el("div", { class: "ca-line", "aria-hidden": "true" }, el("div", { class: "ca-track" }, dot("ml", "●"), dot("ai", "■")), ends);
    }

    function flipList(result, attempt) {
      const rows = result.flips.map(([id, step]) => {
        const s = statements.find((each) => each.id === id);
        return el("li", null, `${s.text} From "${scale[attempt.answers[id] - 1]}" to "${scale[attempt.answers[id] - 1 + step]}".`);
      });
      return el("details", { class: "ca-flips" }, el("summary", null, "Which answers, and which way"), el("ul", null, ...rows));
    }

    const reason = (s) => link(`${s.claim}`, `#${s.claim.toLowerCase()}`);

    function why(result, attempt) {
      const sorted = [...statements].sort((a, b) => Math.abs(result.moved[b.id]) - Math.abs(result.moved[a.id]));
      const toward = (sign) => sorted.filter((s) => Math.sign(result.moved[s.id]) === sign);
      const row = (s) => {
        const answer = `${signed(Math.abs(result.moved[s.id]))}, ${scale[attempt.answers[s.id] - 1]}: `;
        return el("li", null, el("strong", null, answer), `${s.text} (`, reason(s), ")");
      };
      const block = (role, sign) => {
        const rows = toward(sign);
        const title = `Toward ${ROLES[role]}: ${many(rows.length, "answer", "answers")}`;
        const points = rows.reduce((sum, s) => sum + Math.abs(result.moved[s.id]), 0);
        return el("details", { class: "ca-why", open: "" }, el("summary", null, `${title}, ${many(points, "point", "points")}`), el("ul", null, ...rows.map(row)));
      };
      const nothing = `${many(toward(0).length, "answer", "answers")} of ${statements.length} moved nothing (neither).`;
      return [el("h4", null, "Which answers moved it"), block("ml", 1), block("ai", -1), el("p", null, nothing)];
    }

    function next(result) {
      const rows = data.next[result.lean].map(([title, href, text]) => el("li", null, link(title, href), `: ${text}`));
      return [el("h4", null, "What to read and do next"), el("ul", { class: "ca-next" }, ...rows)];
    }

    function moved() {
      const [before, after] = [state.first, state.latest];
      const [was, is] = [before, after].map((attempt) => score(attempt.answers, statements));
      const rows = changed(before, after, data).map(({ statement, from, to, points }) =>
        el(
          "li",
          null,
          el("strong", null, `${many(Math.abs(points), "point", "points")} toward ${points > 0 ? "● ML" : "■ AI"}: `),
          `${statement.text} From "${scale[from - 1]}" to "${scale[to - 1]}".`,
        ),
      );
      const summary =
        `First time (${before.date}): ${leaning(was.lean)}, ● ML ${signed(was.ml)}, ■ AI ${signed(was.ai)}. Now: ${leaning(is.lean)}, ● ML ${signed(is.ml)}, ■ AI ${signed(is.ai)}. ` +
        `${many(rows.length, "answer", "answers")} of ${statements.length} moved.`;
      return [el("h4", null, "What moved since the first time"), el("p", { class: "ca-moved" }, summary), el("ul", null, ...rows)];
    }

    if (state.first && !state.draft) renderResult(false);
    else renderForm();
  }

  window.courseAssessment = { score, shuffled };
  for (const section of document.querySelectorAll('[data-part="assessment"]')) start(section);
})();
