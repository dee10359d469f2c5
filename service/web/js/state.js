// What is shown, kept in the page's address, so that a link leads to the same picture.

export const DEFAULTS = {
  exchange: "sim", symbol: "BTC", timeframe: "1h", lookback: "7d", layer: "heat", mix: "default",
  compare: "", theme: "dark", palette: "fire", leverage: "",
};

// What the page itself decides; all else is the service's to refuse, in its own words.
const ALLOWED = { theme: ["dark", "light"], palette: ["fire", "safe"], layer: ["heat", "notional"] };

export function readState(search = location.search) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => {
    const value = given.get(name) || usual;
    return [name, ALLOWED[name]?.includes(value) === false ? usual : value];
  }));
}

export function writeState(state) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== DEFAULTS[name]) query.set(name, value);
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
