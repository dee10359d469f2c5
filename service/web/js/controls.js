// The row of controls: filled from what the service offers, and kept in step with the state.

import { element } from "./dom.js";
import { recording } from "./recording.js";

export const MIXES = recording?.mixes ?? ["default", "conservative", "retail", "degen"];
const LOOKBACKS = { "12h": 0.5, "1d": 1, "3d": 3, "7d": 7, "14d": 14, "30d": 30, "90d": 90, "1y": 365 };
export const LEVERAGES = [10, 25, 50, 100];
const TIMEFRAMES = { "5m": 288, "15m": 96, "30m": 48, "1h": 24, "4h": 6, "1d": 1 };
// More columns than these are no picture: the least that the service takes, and what a screen shows.
const LEAST_COLUMNS = 2, MOST_COLUMNS = 2500;

// How many columns are shown; of what the service alone can make out, none are promised.
export function columnsOf({ timeframe, lookback }) {
  return Math.ceil((LOOKBACKS[lookback] ?? 0) * (TIMEFRAMES[timeframe] ?? 24)) || 1;
}

// The lookbacks that make sense at a timeframe.
export function lookbacksOf(timeframe) {
  if (recording) return [recording.views[timeframe]];
  const perDay = TIMEFRAMES[timeframe] ?? 24;
  return Object.keys(LOOKBACKS).filter((name) => {
    const columns = LOOKBACKS[name] * perDay;
    return columns >= Math.max(LEAST_COLUMNS, perDay / 2) && columns <= MOST_COLUMNS;
  });
}

export class Controls {
  #form; #change;

  constructor(form, change) {
    this.#form = form;
    this.#change = change;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const { name, value, type } = event.target;
      if (name && type !== "checkbox") change({ [name]: value.trim() });
    });
  }

  offer(exchanges, mixes) {
    const ids = exchanges.map((one) => one.id);
    const real = exchanges.filter((one) => !one.simulated).map((one) => one.id);
    this.#options("exchange", [...ids, ...(real.length > 1 && !recording ? ["all"] : [])]);
    this.#options("compare", ["", ...ids], (id) => id || "nothing");
    this.#options("timeframe", Object.keys(recording?.views ?? TIMEFRAMES));
    this.#options("mix", mixes);
    // A recording holds no other assumptions.
    for (const field of [this.#form.elements.mix.parentElement, document.getElementById("leverage")]) field.hidden = Boolean(recording);
  }

  show(state) {
    this.#options("lookback", lookbacksOf(state.timeframe));
    for (const name of ["exchange", "symbol", "timeframe", "lookback", "layer", "mix", "compare"]) {
      const field = this.#form.elements[name];
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === state[name])) {
        field.append(element("option", { value: state[name] }, state[name]));
      }
      field.value = state[name];
    }
    this.#toggle("theme", state.theme === "light");
    this.#toggle("palette", state.palette === "safe");
    this.#leverage(state.leverage);
  }

  symbols(names) {
    document.getElementById("symbols").replaceChildren(...names.map((name) => element("option", { value: name })));
  }

  #toggle(id, pressed) { document.getElementById(id).setAttribute("aria-pressed", String(pressed)); }

  #options(name, values, label = (value) => value) {
    this.#form.elements[name].replaceChildren(...values.map((value) => element("option", { value }, label(value))));
  }

  #leverage(chosen) {
    const on = new Set(chosen.split(",").filter(Boolean));
    const boxes = LEVERAGES.map((value) => element("label", {},
      element("input", { type: "checkbox", value, checked: on.has(String(value)), onchange: () => this.#change({ leverage: this.#ticked() }) }), `${value}x`));
    document.getElementById("leverage").replaceChildren(element("legend", {}, "Leverage"), ...boxes);
  }

  #ticked() {
    return [...document.querySelectorAll("#leverage input:checked")].map((box) => box.value).join(",");
  }
}

// The mix that the leverage boxes stand for: equal parts of what is ticked.
export function mixOf(state) {
  const ticked = state.leverage.split(",").filter(Boolean);
  return ticked.length ? ticked.map((value) => `${value}:${(1 / ticked.length).toFixed(4)}`).join(",") : state.mix;
}
