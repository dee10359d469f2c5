// Alerts of this page: a zone's near edge, watched while the page is open.

import { element } from "./dom.js";
import { price } from "./format.js";

export class Alerts {
  #alerts = []; #list; #toasts;

  constructor(list, toasts) { this.#list = list; this.#toasts = toasts; }

  add(zone, now, step) {
    if (this.#alerts.some((alert) => alert.id === zone.id)) return;
    const edge = zone.side === "long" ? zone.high : zone.low;
    this.#alerts.push({ id: zone.id, edge, above: now > edge, step });
    if (globalThis.Notification?.permission === "default") Notification.requestPermission();
    this.#draw();
  }

  clear() { this.#alerts = []; this.#draw(); }

  // Hold every alert against a new price; those that it has come to are told and taken off.
  check(now) {
    const met = this.#alerts.filter((alert) => alert.above ? now <= alert.edge : now >= alert.edge);
    for (const alert of met) this.#tell(`Price ${price(now, alert.step)} is at the edge of ${alert.id} (${price(alert.edge, alert.step)}).`);
    if (met.length) {
      this.#alerts = this.#alerts.filter((alert) => !met.includes(alert));
      this.#draw();
    }
  }

  #tell(text) {
    const toast = element("p", { class: "toast" }, text, element("button", { type: "button", "aria-label": "Close", onclick: () => toast.remove() }, "×"));
    this.#toasts.append(toast);
    if (globalThis.Notification?.permission === "granted") new Notification("Liquidation Heatmap", { body: text });
  }

  #draw() {
    this.#list.replaceChildren(...this.#alerts.map((alert) => element("li", {},
      `${alert.above ? "falls" : "rises"} to ${price(alert.edge, alert.step)} `,
      element("button", { type: "button", onclick: () => { this.#alerts = this.#alerts.filter((one) => one !== alert); this.#draw(); } }, "remove"))));
    if (!this.#alerts.length) this.#list.append(element("li", { class: "none" }, "None. Choose a zone and press its bell."));
  }
}
