// The zones at the side: rank, core, distance, stop, what agrees with them, and how price comes near.

import { percent, price, usd } from "./format.js";

const WORDS = {
  swing_high: "swing high", swing_low: "swing low", high_volume_node: "much traded here", low_volume_node: "little traded here",
  value_area_high: "top of the value area", value_area_low: "bottom of the value area", point_of_control: "most traded price",
  bid_wall: "wall of bids", ask_wall: "wall of asks",
};

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export function zoneRow(zone, step, { chosen, choose, alert }) {
  const core = zone.core ?? zone;
  const side = zone.side === "long" ? "longs, below" : "shorts, above";
  const facts = [
    zone.distance_pct != null && `${zone.distance_pct.toFixed(2)} % away`,
    zone.touch_probability && `touched in 24 h: ${percent(zone.touch_probability.h24)}`,
    zone.approach && zone.approach.state !== "far" && `price: ${zone.approach.state}`,
    zone.stop && `stop ${price(zone.stop.price, step)}`,
    zone.vacuum && "book is thin here too",
    zone.timeframes.length > 1 && `on ${zone.timeframes.join(", ")}`,
    zone.confluence.length > 0 && meets(zone.confluence),
  ].filter(Boolean);
  const amount = zone.expected_liquidation
    ? `about ${usd(zone.expected_liquidation.q50)} expected (${usd(zone.expected_liquidation.q10)} to ${usd(zone.expected_liquidation.q90)})`
    : `${usd(zone.notional)} stands`;
  return element("li", { class: `zone ${zone.kind} ${chosen ? "chosen" : ""}`, "data-id": zone.id },
    element("button", { type: "button", class: "pick", "aria-pressed": String(chosen), onclick: () => choose(zone) },
      element("span", { class: "rank" }, `${zone.kind === "hot" ? "H" : "C"}${zone.rank}`),
      element("span", { class: "range" }, `${price(core.low, step)} – ${price(core.high, step)}`),
      element("span", { class: `tag ${zone.colour}` }, zone.colour),
      element("span", { class: "what" }, `${side} · ${amount}`),
      element("span", { class: "facts" }, facts.join(" · "))),
    element("button", { type: "button", class: "bell", title: "Tell me when price is at its edge", "aria-label": `Alert at the edge of zone ${zone.id}`, onclick: () => alert(zone) }, "Alert"));
}

function meets(levels) {
  const names = [...new Set(levels.map((level) => WORDS[level.kind] ?? level.kind.replaceAll("_", " ")))];
  return `meets ${names.slice(0, 3).join(", ")}`;
}

export function marketCard(answer, step) {
  const long = answer.accounting?.long, low = answer.confidence.value < 0.5;
  return [
    element("p", { class: "price" }, price(answer.price, step)),
    element("p", {}, `${answer.symbol} on ${answer.exchange}`),
    long && element("p", {}, `${usdOf(answer, long.open_interest)} open`),
    element("p", { class: low ? "warn" : "" }, `confidence ${percent(answer.confidence.value)}${low ? ": read with care" : ""}`),
    answer.simulated && element("p", { class: "warn" }, "Simulated market: invented prices."),
    answer.stale && element("p", { class: "warn" }, "Old data: the exchange does not answer."),
    ...answer.sources.filter((source) => source.state !== "used").map((source) =>
      element("p", { class: "warn" }, `${source.exchange} ${source.state === "missing" ? "is missing" : "is left out"}: ${source.reason}`)),
  ].filter(Boolean);
}

function usdOf(answer, amount) {
  return answer.unit === "USD" ? usd(amount) : usd(amount * answer.price);
}
