// The heatmap as a custom series of Lightweight Charts. The map is painted once into a bitmap, a pixel a cell; a frame
// then copies the visible columns, so that panning 1000 x 500 cells costs one drawImage.

export class HeatSeries {
  #renderer = new HeatRenderer();

  // The library merges options deeply, which would copy a map cell by cell: it is handed over here instead.
  show(grid, bitmap) { Object.assign(this.#renderer, { grid, bitmap }); }

  renderer() { return this.#renderer; }

  update(data) { this.#renderer.data = data; }

  // The price scale makes room for the whole map.
  priceValueBuilder(row) { return [row.low, row.high, row.high]; }

  isWhitespace(row) { return row.column === undefined; }

  defaultOptions() { return { priceLineVisible: false, lastValueVisible: false, color: "transparent" }; }
}

class HeatRenderer {
  data = null;
  grid = null;
  bitmap = null;

  draw(target, priceToCoordinate) {
    const { data, grid, bitmap } = this;
    if (!data?.visibleRange || !grid || !bitmap || !data.bars.length) return;
    const top = priceToCoordinate(grid.high), bottom = priceToCoordinate(grid.low);
    if (top === null || bottom === null) return;
    const from = Math.max(data.visibleRange.from, 0), to = Math.min(data.visibleRange.to, data.bars.length);
    if (to <= from) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio: across, verticalPixelRatio: down }) => {
      context.imageSmoothingEnabled = false;
      const first = data.bars[from], left = (first.x - data.barSpacing / 2) * across;
      const width = (to - from) * data.barSpacing * across;
      context.drawImage(bitmap, first.originalData.column, 0, to - from, grid.bins, left, top * down, width, (bottom - top) * down);
    });
  }
}

export function paint(grid, table) {
  const canvas = document.createElement("canvas");
  canvas.width = grid.columns;
  canvas.height = grid.bins;
  const context = canvas.getContext("2d");
  const image = context.createImageData(grid.columns, grid.bins);
  const words = new Uint32Array(image.data.buffer);
  for (let t = 0; t < grid.columns; t++) {
    for (let b = 0; b < grid.bins; b++) {
      words[(grid.bins - 1 - b) * grid.columns + t] = table[grid.values[t * grid.bins + b]];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
