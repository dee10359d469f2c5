"""Print how many frames a second the viewer draws while a map of 1000 x 500 is panned, in Chromium without a GPU.

Run: python -m bench.viewer_frames
"""

import sys

from service.app import create_app
from service.settings import Settings
from tests.support.browsing import chromium, listening

COLUMNS, BINS, SECONDS = 1000, 500, 5
WANTED = 30
READY = "() => globalThis.viewer?.shown"
# A map of waves and a price that wanders through it, shown by the page's own chart, then moved to and fro.
PAN = """async ([columns, bins, seconds]) => {
  const { chart, found } = globalThis.viewer;
  const edges = Float64Array.from({ length: bins + 1 }, (_, b) => 50000 + 40 * b);
  const row = (t) => Uint8Array.from({ length: bins }, (_, b) => 128 + 127 * Math.sin(b / 9 + Math.sin(t / 60)));
  const cells = Array.from({ length: columns }, (_, t) => row(t));
  const values = new Uint8Array(columns * bins);
  cells.forEach((cell, t) => values.set(cell, t * bins));
  const price = Array.from({ length: columns }, (_, t) => 60000 + 3000 * Math.sin(t / 40));
  const by = (more) => price.map((p) => p + more);
  const candles = { open: price, close: by(60), high: by(150), low: by(-90) };
  const time = Array.from({ length: columns }, (_, t) => 1.7e12 + 3.6e6 * t);
  const grid = { time, edges, step: 40, columns, bins, low: edges[0], high: edges[bins], values, layer: "heat",
                 long: cells, short: cells, heat: cells, answer: { candles } };
  chart.show(grid, { theme: "dark", palette: "fire", keepView: false });
  chart.zones({ zones: globalThis.viewer.zones, gap: found.gap, price: 60000 }, null);
  chart.zoom(0.5);
  const frames = [];
  await new Promise((done) => {
    const began = performance.now();
    let last = began;
    const frame = (now) => {
      frames.push(now - last);
      last = now;
      chart.move(0.01 * (Math.sin((now - began) / 700) > 0 ? 1 : -1));
      if (now - began < 1000 * seconds) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  frames.shift();
  frames.sort((a, b) => a - b);
  return [frames.length, frames[Math.floor(0.5 * frames.length)], frames[Math.floor(0.95 * frames.length)]];
}"""


def main() -> int:
    """Print the frames of one run."""
    with listening(create_app(Settings(exchanges=("sim",)))) as base, chromium() as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(base)
        page.wait_for_function(READY)
        count, median, slow = page.evaluate(PAN, [COLUMNS, BINS, SECONDS])
        page.close()
    print(
        f"{COLUMNS} x {BINS} panned for {SECONDS} s: {count / SECONDS:.0f} frames/s (wanted: over {WANTED}), "
        f"a frame {median:.1f} ms in the median and {slow:.1f} ms at the 95th percentile"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
