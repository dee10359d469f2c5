// The viewer: reads the state from the address, asks the public API, and draws.

import { Alerts } from "./alerts.js";
import { ask, Problem } from "./api.js";
import { HeatmapChart } from "./chart.js";
import { columnsOf, Controls, lookbacksOf, MIXES, mixOf } from "./controls.js";
import { drawCurve } from "./curve.js";
import { element } from "./dom.js";
import { ago, moment, percent, price, usd } from "./format.js";
import { differenceOf, gridOf } from "./grid.js";
import { css, scale } from "./palette.js";
import { recording } from "./recording.js";
import { sizeOf } from "./size.js";
import { readState, writeState } from "./state.js";
import { endedRow, marketCard, remarks, zoneRow } from "./zones.js";

// Whoever goes through a menu by its keys changes it several times a second, and means the last one.
const SETTLE_MS = 200, POLL_MS = 15_000, STALE_MS = 3000, MOST_ENDED = 6, TOO_MANY = 429;
const at = (id) => document.getElementById(id);

const state = readState();
const chart = new HeatmapChart(at("chart"), hover);
const controls = new Controls(at("controls"), change);
const alerts = new Alerts(at("alerts"), at("toasts"));
let shown = null, found = null, zones = [], chosen = null, loading = null, timer = null;
// `anew` until what is chosen has been drawn: its view is not the one before. `offered` is whose symbols are suggested.
let settling = null, anew = true, offered = null;

function change(part, { quiet = false } = {}) {
  const market = ["exchange", "symbol", "timeframe", "compare"].some((name) => name in part && part[name] !== state[name]);
  Object.assign(state, part);
  const lookbacks = lookbacksOf(state.timeframe);
  if ("timeframe" in part && !lookbacks.includes(state.lookback)) state.lookback = lookbacks[Math.floor(lookbacks.length / 2)];
  if (market) { chosen = null; alerts.clear(); }
  writeState(state);
  controls.show(state);
  dress();
  if (quiet) return;
  anew ||= market || "lookback" in part;
  loading?.abort();
  clearTimeout(timer);
  clearTimeout(settling);
  settling = setTimeout(settle, SETTLE_MS);
}

function settle() {
  if (state.exchange !== offered) offerSymbols();
  load();
}

function dress() {
  document.documentElement.dataset.theme = state.theme;
  chart.dress(state.theme, state.palette);
  legend();
  curve();
  if (found) chart.zones({ zones, gap: found.gap, price: found.price }, chosen);
}

async function load() {
  clearTimeout(settling);
  loading?.abort();
  const mine = loading = new AbortController();
  clearTimeout(timer);
  const started = performance.now();
  let wait = null;
  const progress = setInterval(() => tell("progress", `Asking ${state.exchange} for its data: ${Math.round((performance.now() - started) / 1000)} s`), 500);
  try {
    await draw(mine.signal);
    if (mine === loading) tell("", "");
    wait = found.stale ? STALE_MS : POLL_MS;
  } catch (error) {
    if (error.name === "AbortError" || mine !== loading) return;
    wait = waitAfter(error);
    fail(error);
  } finally {
    clearInterval(progress);
    if (mine === loading && wait !== null && !recording) timer = setTimeout(load, wait);
  }
}

// How long it is before the next try; null where the service would refuse it again: a 4xx, but not that it is asked too often.
function waitAfter(error) {
  if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== TOO_MANY) return null;
  return error.retryAfter ? error.retryAfter * 1000 : POLL_MS;
}

// Two exchanges are compared, and not a sum of several with one of them.
function comparable() {
  return state.compare && state.compare !== state.exchange && /^\w+$/.test(state.exchange) && state.exchange !== "all";
}

async function draw(signal) {
  const common = { symbol: state.symbol, timeframe: state.timeframe, lookback: state.lookback, mix: mixOf(state) };
  const pair = comparable() ? [state.exchange, state.compare] : null;
  const exchange = pair ? pair.join(",") : state.exchange;
  const size = sizeOf(exchange, columnsOf(state), { split: Boolean(pair) });
  const [map, answer, difference] = await Promise.all([
    ask("v1/heatmap", { ...common, exchange, ...size, candles: true }, { signal }),
    ask("v1/zones", { ...common, exchange: state.exchange, top: 12 }, { signal }),
    pair ? ask("v1/diff", { ...common, a: pair[0], b: pair[1] }, { signal }) : null,
  ]);
  shown = pair && map.split?.[pair[0]] && map.split?.[pair[1]] ? differenceOf(map, ...pair) : gridOf(map, state.layer);
  found = answer;
  zones = [...found.hot, ...found.cold];
  chosen = zones.find((zone) => zone.id === chosen?.id) ?? null;
  chart.show(shown, { theme: state.theme, palette: state.palette, keepView: !anew });
  anew = false;
  side(difference);
  legend();
  curve();
  alerts.check(found.price);
  document.title = `${price(found.price, shown.step)} ${state.symbol} · Liquidation Heatmap`;
  globalThis.viewer = { shown, found, zones, chart, state };
}

function side(difference) {
  const step = shown.step / 10;
  at("badges").replaceChildren(...remarks(found).map(([text, why]) => element("li", { title: why }, text)));
  at("remarks").replaceChildren(...remarks(found).map(([text, why]) => element("p", { class: "warn" }, `${text}. ${why}`)));
  at("market").replaceChildren(...marketCard(found, step));
  for (const kind of ["hot", "cold"]) {
    const rows = found[kind].map((zone) => zoneRow(zone, step, { chosen: zone.id === chosen?.id, choose, alert: (one) => alerts.add(one, found.price, step) }));
    at(kind).replaceChildren(...(rows.length ? rows : [element("li", { class: "none" }, "None stands out.")]));
  }
  at("gone").hidden = !found.ended.length;
  at("ended").replaceChildren(...found.ended.slice(0, MOST_ENDED).map((zone) => endedRow(zone, step)));
  at("comparison").hidden = !difference;
  if (difference) at("comparison").replaceChildren(...comparison(difference));
  chart.zones({ zones, gap: found.gap, price: found.price }, chosen);
}

function comparison(difference) {
  const { long, short } = difference.agreement;
  return [
    element("h2", {}, `${state.exchange} against ${state.compare}`),
    element("p", {}, `In common: ${percent(long.common_share)} of longs, ${percent(short.common_share)} of shorts.`),
    element("p", {}, `Orange: more on ${state.exchange} for its size. Blue: more on ${state.compare}.`),
  ];
}

function choose(zone) {
  chosen = chosen?.id === zone.id ? null : zone;
  for (const row of document.querySelectorAll(".zone")) {
    const on = row.dataset.id === chosen?.id;
    row.classList.toggle("chosen", on);
    row.querySelector(".pick").setAttribute("aria-pressed", String(on));
  }
  chart.zones({ zones, gap: found.gap, price: found.price }, chosen);
}

function hover(under) {
  if (!under) { at("reading").replaceChildren(); return; }
  const { column, bin, grid } = under, low = grid.edges[bin], high = grid.edges[bin + 1];
  const parts = [moment(grid.time[column]), `${price(low, grid.step)} – ${price(high, grid.step)}`];
  if (grid.heat) parts.push(`heat ${(grid.heat[column][bin] / 255).toFixed(2)}`);
  if (grid.layer === "diff") parts.push(`difference ${percent(grid.gaps[column * grid.bins + bin], 2)} of a column`);
  parts.push(`long ${usd(grid.long[column][bin])}`, `short ${usd(grid.short[column][bin])}`);
  for (const [name, part] of Object.entries(grid.answer.split ?? {})) parts.push(`${name} ${usd(part.long[column][bin] + part.short[column][bin])}`);
  at("reading").replaceChildren(...parts.map((part) => element("span", {}, part)));
}

function legend() {
  if (!shown) return;
  const name = shown.layer === "diff" ? "diff" : state.palette, table = scale(name, state.theme);
  const steps = Array.from({ length: 24 }, (_, n) => {
    const box = element("i");
    box.style.background = css(table, (n / 23) * 255);
    return box;
  });
  const [low, high] = { heat: ["emptier than around it", "fuller than around it"],
    notional: ["nothing stands", `${usd(shown.top)} a cell`],
    diff: [`more on ${state.compare}`, `more on ${state.exchange}`] }[shown.layer];
  at("legend").replaceChildren(element("span", {}, low), ...steps, element("span", {}, high));
}

function curve() {
  if (shown) drawCurve(at("curve"), chart, shown, found.price, state.theme);
}

function tell(kind, text) {
  at("status").className = `status ${kind}`;
  at("status").textContent = text;
}

function fail(error) {
  if (!(error instanceof Problem)) { tell("error", "The page failed to draw this answer."); throw error; }
  const again = waitAfter(error) === null ? "" : " It is asked again in a few seconds.";
  const old = shown ? ` What is shown is ${ago((Date.now() - Date.parse(shown.answer.as_of)) / 1000)} old.` : "";
  tell("error", `${error.message}${again}${old}`);
}

function next(by) {
  if (!zones.length) return;
  const now = zones.findIndex((zone) => zone.id === chosen?.id);
  chosen = null;
  choose(zones[(now + by + zones.length) % zones.length]);
  document.querySelector(`.zone[data-id="${CSS.escape(chosen.id)}"]`)?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  ArrowLeft: () => chart.move(-0.1), ArrowRight: () => chart.move(0.1), "+": () => chart.zoom(0.7), "=": () => chart.zoom(0.7),
  "-": () => chart.zoom(1.4), 0: () => chart.all(), j: () => next(1), k: () => next(-1), r: () => load(),
  a: () => chosen && alerts.add(chosen, found.price, shown.step / 10),
  l: () => change({ layer: state.layer === "heat" ? "notional" : "heat" }),
  t: () => change({ theme: state.theme === "dark" ? "light" : "dark" }, { quiet: true }),
  p: () => change({ palette: state.palette === "fire" ? "safe" : "fire" }, { quiet: true }),
};

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
at("theme").addEventListener("click", KEYS.t);
at("palette").addEventListener("click", KEYS.p);
chart.onView(() => requestAnimationFrame(curve));
addEventListener("resize", () => requestAnimationFrame(curve));

async function start() {
  if (recording) {
    at("footer-api").hidden = true;
    at("recorded").hidden = false;
    at("recorded").textContent = `A recording of ${moment(Date.parse(recording.as_of))}: nothing is asked, and nothing moves.`;
  }
  at("more").open = !matchMedia("(max-width: 860px)").matches;
  controls.offer([{ id: state.exchange }], MIXES);
  controls.show(state);
  alerts.clear();
  dress();
  load();
  try {
    const { exchanges } = await ask("v1/exchanges", {});
    controls.offer(exchanges, MIXES);
    controls.show(state);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  offerSymbols();
}

// Suggest what the chosen exchange lists; without it the field is still there to type in.
async function offerSymbols() {
  const exchange = offered = state.exchange;
  if (recording) return controls.symbols(recording.symbols);
  if (!/^\w+$/.test(exchange) || exchange === "all") return controls.symbols([]);
  try {
    const { markets } = await ask("v1/markets", { exchange });
    if (exchange === offered) controls.symbols(markets.map((market) => market.symbol));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

start();
