// The chart: candles over the heatmap, the zones' bands, and what the crosshair is over.

import { CandlestickSeries, ColorType, createChart, CrosshairMode, LineStyle } from "../vendor/lightweight-charts.mjs";
import { decimals } from "./format.js";
import { cellAt } from "./grid.js";
import { HeatSeries, paint } from "./heat-series.js";
import { scale } from "./palette.js";
import { ZoneBands } from "./zone-bands.js";

const THEMES = {
  dark: { background: "#0e1116", text: "#aab2bf", line: "#1c222b", up: "#e6edf3", down: "#4fb3d9" },
  light: { background: "#ffffff", text: "#4a5361", line: "#e8ebef", up: "#0b6e4f", down: "#1d3557" },
};

export class HeatmapChart {
  #host; #chart; #view = new HeatSeries(); #heat; #candles; #bands; #grid = null; #lines = [];

  constructor(host, onHover) {
    this.#host = host;
    this.#chart = createChart(host, {
      autoSize: true,
      layout: { attributionLogo: false, fontFamily: "inherit" },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { timeVisible: true, secondsVisible: false, minBarSpacing: 0.2 },
      rightPriceScale: { scaleMargins: { top: 0.02, bottom: 0.02 } },
      localization: { locale: "en-US" },
    });
    this.#heat = this.#chart.addCustomSeries(this.#view, {});
    this.#candles = this.#chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineVisible: true });
    this.#bands = new ZoneBands();
    this.#candles.attachPrimitive(this.#bands);
    this.#chart.subscribeCrosshairMove((event) => onHover(this.#under(event)));
  }

  // Colour all of it for a theme and a palette.
  dress(theme, palette) {
    const look = THEMES[theme];
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: look.background }, textColor: look.text },
      grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
    });
    this.#candles.applyOptions({ upColor: look.up, downColor: look.down, wickUpColor: look.up, wickDownColor: look.down });
    this.#bands.dress(theme);
    if (this.#grid) this.#paint(theme, palette);
  }

  show(grid, { theme, palette, keepView }) {
    const view = keepView ? this.#chart.timeScale().getVisibleLogicalRange() : null;
    this.#grid = grid;
    const precision = decimals(grid.step / 10);
    this.#candles.applyOptions({ priceFormat: { type: "price", precision, minMove: 10 ** -precision } });
    this.#paint(theme, palette);
    this.#heat.setData(grid.time.map((time, column) => ({ time: time / 1000, column, low: grid.low, high: grid.high })));
    this.#candles.setData(candlesOf(grid));
    if (view) this.#chart.timeScale().setVisibleLogicalRange(view);
    else this.#chart.timeScale().fitContent();
  }

  zones(zones, chosen) {
    this.#bands.show(zones, chosen);
    for (const line of this.#lines) this.#candles.removePriceLine(line);
    this.#lines = (chosen?.stop ? [chosen.stop.price] : []).map((price) =>
      this.#candles.createPriceLine({ price, color: "#e5534b", lineWidth: 1, lineStyle: LineStyle.Dashed, title: "stop" }));
  }

  move(share) {
    const axis = this.#chart.timeScale(), range = axis.getVisibleLogicalRange();
    const by = share * (range.to - range.from);
    axis.setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
  }

  zoom(factor) {
    const axis = this.#chart.timeScale(), range = axis.getVisibleLogicalRange();
    const half = (factor * (range.to - range.from)) / 2, middle = (range.to + range.from) / 2;
    axis.setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  all() { this.#chart.timeScale().fitContent(); }

  // Where a price is drawn, in pixels from the top of the chart.
  y(price) { return this.#candles.priceToCoordinate(price); }

  // Where the middle of a column is drawn, in pixels from the left of the chart.
  x(column) { return this.#chart.timeScale().logicalToCoordinate(column); }

  get height() { return this.#host.clientHeight - this.#chart.timeScale().height(); }

  onView(call) { this.#chart.timeScale().subscribeVisibleLogicalRangeChange(call); }

  #paint(theme, palette) {
    const name = this.#grid.layer === "diff" ? "diff" : palette;
    this.#view.show(this.#grid, paint(this.#grid, scale(name, theme)));
    this.#heat.applyOptions({}); // draws anew
  }

  #under(event) {
    if (!event.point || event.logical == null || !this.#grid) return null;
    const price = this.#candles.coordinateToPrice(event.point.y);
    const cell = cellAt(this.#grid, Math.round(event.logical), price);
    return cell && { ...cell, price, grid: this.#grid };
  }
}

function candlesOf({ time, answer }) {
  const bars = answer.candles;
  if (!bars) return [];
  return time.map((open, t) => bars.close[t] == null ? { time: open / 1000 } : {
    time: open / 1000, open: bars.open[t], high: bars.high[t], low: bars.low[t], close: bars.close[t],
  });
}
