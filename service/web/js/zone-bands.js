// Zones to the right of the newest column, where price is to go: a box from edge to edge, its core filled, rank and way
// there written in it, and its core's price on the axis. The chosen one is drawn over the whole map. Between them lies
// the gap that price itself has swept.

import { price, signed } from "./format.js";
import { faint, themeOf } from "./palette.js";
import { nameOf } from "./zones.js";

const MOST = { hot: 6, cold: 3 };
// Labels at the axis are this high, in pixels.
const LABEL = 17;
const FONT = "system-ui, sans-serif";

export class ZoneBands {
  #zones = []; #gap = null; #chosen = null; #now = null; #step = 1; #theme = "dark"; #attached = null; #last = 0;
  #view = { renderer: () => ({ draw: (target) => this.#draw(target) }), zOrder: () => "top" };

  attached(where) { this.#attached = where; }

  detached() { this.#attached = null; }

  updateAllViews() {}

  paneViews() { return [this.#view]; }

  // One label a zone at the price axis; the price of now comes first, then zones by rank, and none covers another.
  priceAxisViews() {
    const look = themeOf(this.#theme), y = (price) => this.#attached?.series.priceToCoordinate(price) ?? -100;
    const taken = [y(this.#now)];
    const free = this.#shown().filter((zone) => {
      const at = y(middle(zone)), room = taken.every((other) => Math.abs(other - at) >= LABEL);
      if (room) taken.push(at);
      return room;
    });
    return free.map((zone) => ({
      coordinate: () => this.#attached?.series.priceToCoordinate(middle(zone)) ?? -100,
      text: () => price(middle(zone), this.#step),
      textColor: () => look.background,
      backColor: () => look[zone.kind],
    }));
  }

  dress(theme) { this.#theme = theme; this.#attached?.requestUpdate(); }

  show({ zones, gap, price: now, step, columns }, chosen) {
    this.#zones = zones; this.#gap = gap; this.#now = now; this.#step = step; this.#last = columns - 1; this.#chosen = chosen;
    this.#attached?.requestUpdate();
  }

  #shown() { return this.#zones.filter((zone) => zone.rank <= MOST[zone.kind] || zone.id === this.#chosen?.id); }

  #draw(target) {
    if (!this.#attached) return;
    const { series, chart } = this.#attached, look = themeOf(this.#theme);
    const axis = chart.timeScale(), half = axis.options().barSpacing / 2;
    const edge = (axis.logicalToCoordinate(this.#last) ?? 0) + half;
    const span = (low, high) => [series.priceToCoordinate(high), series.priceToCoordinate(low)];
    target.useMediaCoordinateSpace(({ context, mediaSize: { width } }) => {
      const left = Math.min(edge + 2, width - 40);
      if (this.#gap) gapOf(context, span(this.#gap.low, this.#gap.high), left, width, look);
      for (const zone of this.#shown()) {
        const chosen = zone.id === this.#chosen?.id, colour = look[zone.kind];
        const [top, bottom] = span(zone.low, zone.high);
        if (top === null || bottom === null) continue;
        const height = Math.max(bottom - top, 3);
        context.fillStyle = faint(colour, 0.16);
        context.fillRect(left, top, width - left, height);
        context.strokeStyle = faint(colour, chosen ? 1 : 0.75);
        context.lineWidth = chosen ? 1.5 : 1;
        context.setLineDash(zone.kind === "cold" ? [4, 3] : []);
        context.strokeRect((chosen ? 0 : left) + 0.5, top, width - (chosen ? 0 : left) - 1, height);
        context.setLineDash([]);
        if (zone.core) {
          const [from, to] = span(zone.core.low, zone.core.high);
          context.fillStyle = faint(colour, 0.4);
          context.fillRect(left, from, width - left, Math.max(to - from, 2));
          context.fillStyle = faint(colour, 0.15);
          if (chosen) context.fillRect(0, from, left, Math.max(to - from, 2));
        }
        this.#label(context, zone, [left + 5, (top + bottom) / 2], width - 10, look);
      }
    });
  }

  #label(context, zone, [x, y], right, look) {
    const name = nameOf(zone), way = wayTo(zone, this.#now);
    context.font = `600 11px ${FONT}`;
    context.textBaseline = "middle";
    const text = x + context.measureText(`${name}  ${way}`).width < right ? `${name}  ${way}` : name;
    context.lineWidth = 3;
    context.strokeStyle = faint(look.background, 0.85);
    context.strokeText(text, x, y);
    context.fillStyle = look[zone.kind];
    context.fillText(text, x, y);
  }
}

// The way from the price to a zone's near edge, as its card tells it; a price within it is there.
function wayTo(zone, now) {
  if (now >= zone.low && now <= zone.high) return "here";
  return signed((now < zone.low ? zone.low : zone.high) / now - 1);
}

const middle = (zone) => zone.core ? (zone.core.low + zone.core.high) / 2 : (zone.low + zone.high) / 2;

function gapOf(context, [top, bottom], left, width, look) {
  if (top === null || bottom === null) return;
  context.strokeStyle = faint(look.gap, 0.9);
  context.lineWidth = 1;
  context.beginPath();
  for (const y of [top, bottom]) { context.moveTo(left, Math.round(y) + 0.5); context.lineTo(left + 8, Math.round(y) + 0.5); }
  context.moveTo(left + 0.5, top);
  context.lineTo(left + 0.5, bottom);
  context.stroke();
  if (bottom - top < 14 || width - left < 60) return;
  context.font = `11px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = look.gap;
  context.fillText("gap", left + 12, top + (bottom - top) / 4);
}
