// What would be liquidated on the way from the price to each level, beside the chart and on its price scale.

import { usd } from "./format.js";
import { faint, themeOf } from "./palette.js";

export function drawCurve(canvas, chart, grid, price, theme) {
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = chart.height, look = themeOf(theme);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const last = grid.columns - 1, long = cumulated(grid.long[last], "down"), short = cumulated(grid.short[last], "up");
  const most = Math.max(long[0] || 0, short[grid.bins - 1] || 0, 1), zero = chart.y(price);
  const way = { canvas, context, chart, grid, width: width - 4, most, zero };
  area(way, long, look.long);
  area(way, short, look.short);
  if (zero !== null) {
    context.strokeStyle = look.dim;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(0, zero);
    context.lineTo(width, zero);
    context.stroke();
  }
  context.font = "11px system-ui, sans-serif";
  const said = (amount, name, y, colour) => {
    context.fillStyle = colour;
    context.fillText(usd(amount).replace(" USD", ""), 4, y);
    context.fillText(name, 4, y + 13);
  };
  said(short[grid.bins - 1], width < 60 ? "up" : "shorts, up", 14, look.short);
  said(long[0], width < 60 ? "down" : "longs, down", height - 18, look.long);
}

function area({ context, chart, grid, width, most, zero }, sums, colour) {
  const points = [];
  for (let b = 0; b < grid.bins; b++) {
    const y = chart.y(grid.edges[b] + grid.step / 2);
    if (y !== null && sums[b] > 0) points.push([width * (sums[b] / most), y]);
  }
  if (!points.length || zero === null) return;
  context.beginPath();
  points.forEach(([x, y], n) => (n ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(0, points.at(-1)[1]);
  context.lineTo(0, points[0][1]);
  context.closePath();
  context.fillStyle = faint(colour, 0.16);
  context.fill();
}

export function cumulated(amounts, way) {
  const sums = new Float64Array(amounts.length);
  let sum = 0;
  if (way === "down") for (let b = amounts.length - 1; b >= 0; b--) sums[b] = sum += amounts[b];
  else for (let b = 0; b < amounts.length; b++) sums[b] = sum += amounts[b];
  return sums;
}
