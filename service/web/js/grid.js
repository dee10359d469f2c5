// A map as one byte a cell: what the picture is painted from, and what the crosshair reads.

// A cell of the amounts' layer is as bright as its share of the amount at the 99.5th percentile.
const TOP = 0.995;

export function gridOf(answer, layer) {
  const { time, edges, bin_size: step, long, short, heat } = answer.grid;
  const columns = time.length, bins = edges.length - 1;
  const grid = { time, edges, step, columns, bins, low: edges[0], high: edges[bins], long, short, heat, answer };
  grid.layer = layer === "heat" && heat ? "heat" : "notional";
  grid.top = highPercentile(long, short, columns, bins);
  grid.values = grid.layer === "heat" ? bytesOf(heat, columns, bins) : notionalBytes(grid);
  return grid;
}

function bytesOf(heat, columns, bins) {
  const values = new Uint8Array(columns * bins);
  for (let t = 0; t < columns; t++) values.set(heat[t], t * bins);
  return values;
}

function notionalBytes({ long, short, columns, bins, top }) {
  const values = new Uint8Array(columns * bins);
  for (let t = 0; t < columns; t++) {
    for (let b = 0; b < bins; b++) {
      values[t * bins + b] = Math.min(255, Math.round(255 * ((long[t][b] + short[t][b]) / top)));
    }
  }
  return values;
}

function highPercentile(long, short, columns, bins) {
  const amounts = new Float64Array(columns * bins);
  let n = 0;
  for (let t = 0; t < columns; t++) {
    for (let b = 0; b < bins; b++) {
      const amount = long[t][b] + short[t][b];
      if (amount > 0) amounts[n++] = amount;
    }
  }
  const sorted = amounts.subarray(0, n).sort();
  return n ? sorted[Math.floor(TOP * (n - 1))] : 1;
}

// How two exchanges differ: each cell's share of its own exchange's column, first less second; 128 is no difference.
export function differenceOf(answer, first, second) {
  const { time, edges, bin_size: step } = answer.grid;
  const columns = time.length, bins = edges.length - 1;
  const shares = [first, second].map((name) => sharesOf(answer.split[name], columns, bins));
  const gaps = shares[0].map((share, n) => share - shares[1][n]);
  const sizes = Float64Array.from(gaps, Math.abs).sort();
  const top = sizes[Math.floor(0.99 * (sizes.length - 1))] || 1;
  const values = Uint8Array.from(gaps, (gap) => Math.max(0, Math.min(255, Math.round(128 + (127 * gap) / top))));
  return { time, edges, step, columns, bins, low: edges[0], high: edges[bins], values, gaps, layer: "diff",
           long: answer.grid.long, short: answer.grid.short, answer };
}

function sharesOf(part, columns, bins) {
  const shares = new Float64Array(columns * bins);
  for (let t = 0; t < columns; t++) {
    let total = 0;
    for (let b = 0; b < bins; b++) total += part.long[t][b] + part.short[t][b];
    for (let b = 0; b < bins; b++) shares[t * bins + b] = total ? (part.long[t][b] + part.short[t][b]) / total : 0;
  }
  return shares;
}

export function cellAt(grid, column, price) {
  const bin = Math.floor((price - grid.low) / grid.step + 1e-9);
  return bin < 0 || bin >= grid.bins || column < 0 || column >= grid.columns ? null : { column, bin };
}
