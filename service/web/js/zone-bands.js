// Zones as bands over the right part of the chart: an outline for each, filled where one is chosen.

const COLOURS = {
  dark: { hot: "255, 196, 120", cold: "120, 180, 255" },
  light: { hot: "165, 44, 60", cold: "30, 90, 170" },
};

export class ZoneBands {
  #zones = []; #chosen = null; #theme = "dark"; #attached = null;
  #view = { renderer: () => ({ draw: (target) => this.#draw(target) }), zOrder: () => "top" };

  attached(where) { this.#attached = where; }

  detached() { this.#attached = null; }

  updateAllViews() {}

  paneViews() { return [this.#view]; }

  dress(theme) { this.#theme = theme; this.#attached?.requestUpdate(); }

  show(zones, chosen) { this.#zones = zones; this.#chosen = chosen; this.#attached?.requestUpdate(); }

  #draw(target) {
    const series = this.#attached?.series;
    if (!series) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      for (const zone of this.#zones) {
        const chosen = zone.id === this.#chosen?.id;
        if (!chosen && zone.rank > 5) continue;
        const top = series.priceToCoordinate(zone.high), bottom = series.priceToCoordinate(zone.low);
        if (top === null || bottom === null) continue;
        const rgb = COLOURS[this.#theme][zone.kind], left = chosen ? 0 : mediaSize.width * 0.86;
        context.strokeStyle = `rgba(${rgb}, ${chosen ? 0.95 : 0.7})`;
        context.lineWidth = chosen ? 1.5 : 1;
        context.setLineDash(zone.kind === "cold" ? [4, 3] : []);
        context.strokeRect(left + 0.5, top, mediaSize.width - left - 1, Math.max(bottom - top, 1));
        context.setLineDash([]);
        context.fillStyle = `rgba(${rgb}, 1)`;
        context.font = "11px system-ui, sans-serif";
        context.fillText(`${zone.kind === "hot" ? "H" : "C"}${zone.rank}`, left + 4, Math.min(top + 12, bottom - 2));
        if (chosen) core(context, zone, series, rgb, mediaSize.width);
      }
    });
  }
}

function core(context, zone, series, rgb, width) {
  const [low, high] = zone.core ? [zone.core.low, zone.core.high] : [zone.low, zone.high];
  const top = series.priceToCoordinate(high), bottom = series.priceToCoordinate(low);
  if (top === null || bottom === null) return;
  context.fillStyle = `rgba(${rgb}, 0.14)`;
  context.fillRect(0, top, width, Math.max(bottom - top, 1));
}
