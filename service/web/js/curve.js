// What would be liquidated on the way from the price to each level, beside the chart and on its price scale.

export function drawCurve(canvas, chart, grid, price, theme) {
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = chart.height;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const last = grid.columns - 1, long = cumulated(grid.long[last], "down"), short = cumulated(grid.short[last], "up");
  const most = Math.max(long[0] || 0, short[grid.bins - 1] || 0, 1);
  const colour = theme === "dark" ? ["#4fb3d9", "#f0a35e"] : ["#1d5fa8", "#b5541c"];
  [[long, colour[0]], [short, colour[1]]].forEach(([sums, stroke]) => {
    context.beginPath();
    for (let b = 0; b < grid.bins; b++) {
      const y = chart.y(grid.edges[b] + grid.step / 2);
      if (y === null) continue;
      const x = (width - 2) * (sums[b] / most);
      if (b) context.lineTo(x, y); else context.moveTo(x, y);
    }
    context.strokeStyle = stroke;
    context.lineWidth = 1.5;
    context.stroke();
  });
  const y = chart.y(price);
  if (y !== null) {
    context.strokeStyle = theme === "dark" ? "#8b949e" : "#57606a";
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
  }
}

export function cumulated(amounts, way) {
  const sums = new Float64Array(amounts.length);
  let sum = 0;
  if (way === "down") for (let b = amounts.length - 1; b >= 0; b--) sums[b] = sum += amounts[b];
  else for (let b = 0; b < amounts.length; b++) sums[b] = sum += amounts[b];
  return sums;
}
