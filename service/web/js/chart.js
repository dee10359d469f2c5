// The chart: candles over the heatmap, the zones' bands, and what the crosshair is over.

import { CandlestickSeries, ColorType, createChart, CrosshairMode, LineStyle } from "../vendor/lightweight-charts.mjs";
import { decimals, price as written } from "./format.js";
import { cellAt } from "./grid.js";
import { HeatSeries, paint } from "./heat-series.js";
import { scale, themeOf } from "./palette.js";
import { ZoneBands } from "./zone-bands.js";

// Room to the right of the newest column, for the zones and what they say, in pixels.
const ROOM = { wide: 132, narrow: 40 }, NARROW = 620;
// Thinner candles are drawn without their dark edge, which would be all there is of them, in pixels.
const EDGED = 5;

export class HeatmapChart {
  #host; #chart; #view = new HeatSeries(); #heat; #candles; #bands; #grid = null; #lines = []; #look = null;

  constructor(host, onHover) {
    this.#host = host;
    this.#chart = createChart(host, {
      autoSize: true,
      // The map is under the mouse wherever that is, and would cover the candles.
      hoveredSeriesOnTop: false,
      layout: { attributionLogo: false, fontFamily: "inherit" },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { timeVisible: true, secondsVisible: false, minBarSpacing: 0.2, borderVisible: false,
        rightOffsetPixels: host.clientWidth < NARROW ? ROOM.narrow : ROOM.wide },
      rightPriceScale: { scaleMargins: { top: 0.01, bottom: 0.01 }, borderVisible: false },
      localization: { locale: "en-US", priceFormatter: (value) => written(value, this.#tick) },
    });
    this.#heat = this.#chart.addCustomSeries(this.#view, {});
    this.#candles = this.#chart.addSeries(CandlestickSeries, { priceLineVisible: false, lastValueVisible: false });
    this.#bands = new ZoneBands();
    this.#candles.attachPrimitive(this.#bands);
    this.#chart.subscribeCrosshairMove((event) => onHover(this.#under(event)));
    this.onView(() => this.#edges());
  }

  // Colour all of it for a theme and a palette.
  dress(theme, palette) {
    const look = this.#look = themeOf(theme), { up, down } = look.candles[palette];
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: look.background }, textColor: look.dim },
      grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
    });
    this.#candles.applyOptions({
      upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderUpColor: look.edge, borderDownColor: look.edge,
    });
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

  // What is drawn at the right: zones, the gap, the price of now, and the chosen zone's stop.
  zones({ zones, gap, price }, chosen) {
    this.#bands.show({ zones, gap, price, step: this.#tick, columns: this.#grid.columns }, chosen);
    for (const line of this.#lines) this.#candles.removePriceLine(line);
    const lines = [{ price, color: this.#look.price, lineStyle: LineStyle.Dotted, title: "" }];
    if (chosen?.stop) lines.push({ price: chosen.stop.price, color: this.#look.stop, lineStyle: LineStyle.Dashed, title: "stop" });
    this.#lines = lines.map((line) => this.#candles.createPriceLine({ lineWidth: 1, ...line }));
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

  get #tick() { return this.#grid ? this.#grid.step / 10 : 0.01; }

  get height() { return this.#host.clientHeight - this.#chart.timeScale().height(); }

  onView(call) { this.#chart.timeScale().subscribeVisibleLogicalRangeChange(call); }

  #paint(theme, palette) {
    const name = this.#grid.layer === "diff" ? "diff" : palette;
    this.#view.show(this.#grid, paint(this.#grid, scale(name, theme)));
    this.#heat.applyOptions({}); // draws anew
  }

  #edges() {
    const edged = this.#chart.timeScale().options().barSpacing >= EDGED;
    if (this.#candles.options().borderVisible !== edged) this.#candles.applyOptions({ borderVisible: edged });
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
