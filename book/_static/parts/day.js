/* A day of a role to play: one screen at a time, and what was measured only after a choice.
   Everything shown comes from the page's own HTML (course/days.py); nothing leaves the device. */
(() => {
  "use strict";

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const button = (text, onClick, className = "day-button") => {
    const element = make("button", className, text);
    element.type = "button";
    element.addEventListener("click", onClick);
    return element;
  };

  const store = (key) => ({
    // Storage may be switched off or full: the day is then played without memory.
    read() {
      try {
        const saved = JSON.parse(localStorage.getItem(key));
        return saved && typeof saved.tried === "object" && saved.tried ? saved : null;
      } catch {
        return null;
      }
    },
    write(state) {
      try {
        localStorage.setItem(key, JSON.stringify(state));
      } catch {}
    },
    clear() {
      try {
        localStorage.removeItem(key);
      } catch {}
    },
  });

  /* One screen: its options become buttons, their consequences wait until one is pressed. */
  class Screen {
    constructor(item, onChoice) {
      this.item = item;
      this.claim = item.dataset.claim;
      this.title = item.querySelector(".day-title");
      this.title.tabIndex = -1;
      const question = item.querySelector(".day-question");
      question.id = `${this.title.id}-question`;
      this.options = [...item.querySelectorAll(".day-option")].map((details) => ({
        label: details.querySelector("summary").textContent,
        result: details.querySelector(".day-result"),
      }));
      const group = make("div", "day-choices");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", question.id);
      this.buttons = this.options.map((option, number) =>
        button(option.label, () => onChoice(this, number), "day-choice"),
      );
      group.append(...this.buttons);
      this.outcome = make("div", "day-outcome");
      this.outcome.setAttribute("role", "status");
      item.querySelector(".day-options").replaceWith(group, this.outcome);
    }

    show(tried) {
      const last = tried[tried.length - 1];
      this.buttons.forEach((element, number) => {
        element.setAttribute("aria-pressed", String(number === last));
        element.classList.toggle("day-tried", tried.includes(number));
      });
      this.outcome.replaceChildren();
      if (last === undefined) return;
      const chosen = make("p", "day-chosen");
      chosen.append("You chose: ", make("strong", "", this.options[last].label));
      const again = make("p", "day-again", "You can choose another option and compare.");
      this.outcome.append(chosen, this.options[last].result.cloneNode(true), again);
    }
  }

  class Day {
    constructor(part) {
      const role = JSON.parse(part.querySelector("script").textContent).role;
      this.list = part.querySelector(".day-screens");
      this.memory = store(`course.day.${role}`);
      this.screens = [...this.list.querySelectorAll(".day-screen")].map(
        (item) => new Screen(item, (screen, number) => this.choose(screen, number)),
      );
      this.summary = this.list.appendChild(make("li", "day-screen day-summary"));
      this.back = button("Back", () => this.go(this.at - 1));
      this.next = button("Next", () => this.go(this.at + 1));
      this.progress = make("p", "day-progress");
      const steps = make("div", "day-steps");
      steps.append(this.back, this.progress, this.next);
      this.list.after(steps);
      part.classList.add("day-playing");
      const saved = this.memory.read();
      this.tried = {};
      for (const screen of this.screens) {
        const numbers = saved && Array.isArray(saved.tried[screen.claim]) ? saved.tried[screen.claim] : [];
        this.tried[screen.claim] = numbers.filter((n) => Number.isInteger(n) && screen.options[n]);
        screen.show(this.tried[screen.claim]);
      }
      this.go(saved && Number.isInteger(saved.at) ? saved.at : 0, false);
      addEventListener("hashchange", () => this.follow());
      this.follow();
    }

    /* An address that ends in #day-c053 opens that screen. */
    follow() {
      const number = this.screens.findIndex((screen) => `#${screen.title.id}` === location.hash);
      if (number >= 0) this.go(number);
    }

    choose(screen, number) {
      const tried = this.tried[screen.claim].filter((other) => other !== number);
      this.tried[screen.claim] = [...tried, number];
      screen.show(this.tried[screen.claim]);
      this.save();
    }

    save() {
      this.memory.write({ at: this.at, tried: this.tried });
    }

    go(number, focus = true) {
      const count = this.screens.length;
      this.at = Math.min(Math.max(number, 0), count);
      this.screens.forEach((screen, i) => (screen.item.hidden = i !== this.at));
      this.summary.hidden = this.at < count;
      if (this.at === count) this.sumUp();
      this.progress.textContent = this.at < count ? `Screen ${this.at + 1} of ${count}` : "The day is over";
      this.back.disabled = this.at === 0;
      this.next.hidden = this.at === count;
      this.next.textContent = this.at === count - 1 ? "End of the day" : "Next";
      if (!focus) return;
      const shown = this.at < count ? this.screens[this.at].title : this.summary.querySelector(".day-title");
      shown.focus({ preventScroll: true });
      shown.scrollIntoView({ block: "nearest" });
      this.save();
    }

    sumUp() {
      const title = make("h3", "day-title", "Your day");
      title.tabIndex = -1;
      const choices = make("ol", "day-list");
      this.screens.forEach((screen, number) => {
        const line = make("li");
        line.append(button(screen.title.textContent.trim(), () => this.go(number), "day-link"));
        const tried = this.tried[screen.claim];
        if (!tried.length) line.append(make("p", "day-none", "No choice made."));
        [...tried].reverse().forEach((option, i) => {
          const text = make("p");
          text.append(i ? "Also tried: " : "Chosen: ", make("strong", "", screen.options[option].label));
          line.append(text, screen.options[option].result.querySelector(".day-measured").cloneNode(true));
        });
        choices.append(line);
      });
      const note = make("p", "", "What you chose and what was measured. No score: nobody is measured here.");
      this.summary.replaceChildren(title, note, choices, button("Start the day again", () => this.restart()));
    }

    restart() {
      for (const screen of this.screens) {
        this.tried[screen.claim] = [];
        screen.show([]);
      }
      this.go(0);
      this.memory.clear();
    }
  }

  document.querySelectorAll('[data-part="day"]').forEach((part) => new Day(part));
})();
