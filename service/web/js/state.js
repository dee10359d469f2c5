// What is shown, kept in the page's address, so that a link leads to the same picture.

export const DEFAULTS = {
  exchange: "sim", symbol: "BTC", timeframe: "1h", lookback: "7d", layer: "heat", mix: "default",
  compare: "", theme: "dark", palette: "fire", leverage: "",
};

export function readState(search = location.search) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, given.get(name) ?? usual]));
}

export function writeState(state) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== DEFAULTS[name]) query.set(name, value);
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
