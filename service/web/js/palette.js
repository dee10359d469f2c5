// Colours of 256 steps, from straight lines between a few stops in sRGB. `fire` is the traders' warm scale; `safe` goes
// from blue to yellow through grey, which every kind of colour vision can order. Both keep quiet up to the middle, where
// a place is as full as its surroundings, and shine above it. `diff` has its middle in the background. The stops are in
// palette.json, which the service's own pictures use too.

const { scales: STOPS, themes: THEMES } = await (await fetch(new URL("../palette.json", import.meta.url))).json();

export const themeOf = (name) => THEMES[name];

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// The same colour, let through.
export const faint = (hex, alpha) => `rgba(${channels(hex).join(", ")}, ${alpha})`;

export function scale(name, theme) {
  const stops = STOPS[name][theme].map(channels);
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    const at = (n / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    const [r, g, b] = [0, 1, 2].map((c) => Math.round(stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c])));
    table[n] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}

export function css(table, value) {
  const word = table[Math.max(0, Math.min(255, Math.round(value)))];
  return `rgb(${word & 255}, ${(word >> 8) & 255}, ${(word >> 16) & 255})`;
}
