// Numbers as traders write them.

export function usd(amount) {
  if (amount == null) return "–";
  const size = Math.abs(amount);
  const [unit, letter] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${(amount / unit).toPrecision(3).replace(/\.0+$/, "")}${letter} USD`;
}

export function decimals(step) {
  return Math.max(0, Math.min(10, Math.ceil(-Math.log10(step) - 1e-9)));
}

export function price(value, step = 0.01) {
  return value == null ? "–" : value.toLocaleString("en-US", { minimumFractionDigits: decimals(step), maximumFractionDigits: decimals(step) });
}

export function percent(share, digits = 0) {
  return share == null ? "–" : `${(100 * share).toFixed(digits)} %`;
}

export function moment(ms) {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function ago(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

// A share with its sign, as traders write a way to go: -1.2 %.
export function signed(share, digits = 2) {
  return `${share < 0 ? "−" : "+"}${(100 * Math.abs(share)).toFixed(digits)} %`;
}
