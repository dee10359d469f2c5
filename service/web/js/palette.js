// Colours of 256 steps, from straight lines between a few stops in sRGB. `fire` is the traders' warm scale; `safe` goes
// from blue to yellow through grey, which every kind of colour vision can order. Both keep quiet up to the middle, where
// a place is as full as its surroundings, and shine above it. `diff` has its middle in the background.

const STOPS = {
  fire: { dark: ["#05070a", "#0b0d1c", "#15102e", "#20123f", "#2b154a", "#701d68", "#c93f5a", "#f8893c", "#fdd07a", "#fcfdbf"],
          light: ["#ffffff", "#fbf6f3", "#f7ece5", "#f3e0d5", "#efd3c3", "#f0a47c", "#e0653f", "#b02a4c", "#6d1a68", "#240b4f"] },
  safe: { dark: ["#05070a", "#04132c", "#0a2346", "#17305a", "#24395f", "#4c556c", "#7d7c78", "#ab9f6d", "#d9c455", "#fee838"],
          light: ["#ffffff", "#f8f6ea", "#f2eed6", "#ece5c0", "#e6dba6", "#c9b765", "#9a926f", "#6b6c72", "#33466c", "#00224e"] },
  diff: { dark: ["#5ab4f0", "#2d6fa3", "#1b3a55", "#0e1116", "#5a3015", "#a85a1c", "#f59a3c"],
          light: ["#08519c", "#4a90c8", "#b9d5e9", "#ffffff", "#f5cfa6", "#e08a35", "#9a4a08"] },
};

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

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
