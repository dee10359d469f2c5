// How much of a map is asked for: what one answer may hold is limited, and shared by its exchanges (service/analysis/limits.py).

const BINS = 240, LEAST_SPLIT_BINS = 100, MOST_CELLS = 2_000_000, MOST_EXCHANGES = 8;

// How many exchanges a choice stands for; the service's own number of them is the most that `all` can be.
export function exchangesIn(exchange) { return exchange === "all" ? MOST_EXCHANGES : exchange.split(",").length; }

// The bins of a map, and whether each exchange's own part comes with it: where several are shown, and it leaves enough bins.
export function sizeOf(exchange, columns, { split = false } = {}) {
  const exchanges = exchangesIn(exchange), most = Math.floor((2 * MOST_CELLS) / (1 + exchanges) / columns);
  const apart = Math.floor(most / (1 + exchanges));
  if (exchanges > 1 && (split || apart >= LEAST_SPLIT_BINS)) return { bins: Math.min(BINS, apart), split: true };
  return { bins: Math.min(BINS, most), split: "" };
}
