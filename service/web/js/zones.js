// The zones at the side: rank, core, distance, stop, what agrees with them, and how price comes near.

import { element } from "./dom.js";
import { ago, moment, percent, price, signed, usd } from "./format.js";

const WORDS = {
  swing_high: "swing high", swing_low: "swing low", high_volume_node: "much traded here", low_volume_node: "little traded here",
  value_area_high: "top of the value area", value_area_low: "bottom of the value area", point_of_control: "most traded price",
  bid_wall: "wall of bids", ask_wall: "wall of asks",
};

// A zone's short name: H1 is the first hot one.
export function nameOf(zone) { return `${zone.kind === "hot" ? "H" : "C"}${zone.rank}`; }

export function zoneRow(zone, step, { chosen, choose, alert }) {
  const core = zone.core ?? zone, name = nameOf(zone);
  const likely = zone.expected_liquidation, bare = (amount) => usd(amount).replace(" USD", "");
  const chips = [
    zone.distance_pct != null && `${zone.distance_pct.toFixed(2)} % away`,
    zone.touch_probability && `${percent(zone.touch_probability.h24)} in 24 h`,
    zone.stop && `stop ${price(zone.stop.price, step)}`,
    zone.approach && zone.approach.state !== "far" && `price ${zone.approach.state}`,
    zone.vacuum && "thin book",
    zone.agreement < 1 && `in ${percent(zone.agreement)} of mixes`,
    zone.timeframes.length > 1 && zone.timeframes.join(" + "),
  ].filter(Boolean);
  return element("li", { class: `zone ${zone.kind} ${chosen ? "chosen" : ""}`, "data-id": zone.id },
    element("button", { type: "button", class: "pick", "aria-pressed": String(chosen), onclick: () => choose(zone) },
      element("span", { class: "rank" }, name),
      element("span", { class: "range" }, `${price(core.low, step)} – ${price(core.high, step)}`),
      tag(zone),
      element("span", { class: "what" }, `${zone.side === "long" ? "longs below" : "shorts above"} · ${usd(zone.notional)} stands`),
      likely && element("span", { class: "what", title: "What exchanges would report as liquidated: between these in eight hours of ten" },
        `about ${bare(likely.q50)} of it reported (${bare(likely.q10)} – ${bare(likely.q90)})`),
      element("span", { class: "chips", title: "Way to its near edge; chance that price touches it; stop beyond its core; how price moves towards it; in how many maps of other leverage mixes it stands" }, ...chips.map((text) => element("span", { class: "chip" }, text))),
      zone.confluence.length > 0 && element("span", { class: "what" }, meets(zone.confluence))),
    element("button", { type: "button", class: "bell", title: "Tell me when price is at its edge (a)", "aria-label": `Alert at the edge of zone ${zone.id}`, onclick: () => alert(zone) }, "Alert"));
}

// Near the price, where little stands, a zone can be hot for its distance and have little heat.
function tag({ kind, colour }) {
  const little = kind === "hot" && ["cold", "cool"].includes(colour);
  return element("span", { class: `tag ${little ? "hot" : colour}` }, little ? "hot for its distance" : colour);
}

const ENDINGS = {
  swept: "price went through what stood there", closed: "its positions were closed without price",
  faded: "its positions stand, and no longer more than around them",
};

// A hot zone that stood hours ago and does not now: where it was, what it held, when it went and why.
export function endedRow(zone, step) {
  const when = zone.ended_at ? moment(zone.ended_at) : "since the last close";
  const how = zone.why === "swept" ? `swept, ${percent(zone.swept)} of it` : zone.why;
  return element("li", { "data-id": zone.id, title: `${zone.id}: ${ENDINGS[zone.why]}` },
    element("span", { class: "range" }, `${price(zone.low, step)} – ${price(zone.high, step)}`),
    element("span", { class: "what" }, `${zone.side}s · ${usd(zone.notional)} at its height · ${how} · ${when}`));
}

function meets(levels) {
  const names = [...new Set(levels.map((level) => WORDS[level.kind] ?? level.kind.replaceAll("_", " ")))];
  return `meets ${names.slice(0, 3).join(", ")}`;
}

export function marketCard(answer, step) {
  const known = answer.sources.map((source) => source.open_interest_usd).filter((amount) => amount != null), { funding, long_short_ratio: ratio, open_interest_change_24h: change } = answer.context ?? {};
  const facts = [
    known.length > 0 && ["open interest", usd(known.reduce((sum, amount) => sum + amount))],
    change?.value != null && ["in 24 h", signed(change.value, 1)],
    funding?.rate != null && [`funding ${funding.interval_hours} h`, signed(funding.rate, 3)],
    ratio?.value != null && ["accounts long : short", ratio.value.toFixed(2)],
    ["data quality", percent(answer.data_quality.value)],
    answer.confidence && ["confidence", percent(answer.confidence.value)],
  ].filter(Boolean);
  return [
    element("p", { class: "price" }, price(answer.price, step)),
    element("p", {}, `${answer.symbol} on ${answer.exchange.replaceAll(",", ", ")}`),
    element("dl", { class: "facts" }, ...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)))),
    answer.gap && element("p", {}, `Gap swept by price: ${price(answer.gap.low, step)} – ${price(answer.gap.high, step)}`),
  ].filter(Boolean);
}

// What a reader must know before trusting the picture, each in a few words with its reason beside it.
export function remarks(answer) {
  const low = answer.data_quality.value < 0.5, weakest = [...answer.data_quality.parts].sort((a, b) => a.value - b.value)[0];
  return [
    answer.simulated && ["Simulated market", "Invented prices and positions."],
    answer.stale && [`Stale: ${ago(answer.age_seconds)} old`, "Newer data should be there: they are being fetched, or the exchange has not sent them."],
    low && [`Low data quality: ${percent(answer.data_quality.value)}`, weakest?.reason ?? ""],
    ...answer.sources.filter((source) => source.state !== "used").map((source) =>
      [`${source.exchange} ${source.state === "missing" ? "is missing" : "is left out"}`, source.reason ?? ""]),
  ].filter(Boolean);
}
