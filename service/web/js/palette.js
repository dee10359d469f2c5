// Colours of 256 steps, from straight lines between a few stops in sRGB. `fire` is the traders' warm scale; `safe` goes
// from blue to yellow through grey, which every kind of colour vision can order; `diff` has its middle in the background.

const STOPS = {
  fire: { dark: ["#0e1116", "#1b1044", "#51127c", "#932667", "#d8456c", "#fb8861", "#fecf92", "#fcfdbf"],
          light: ["#ffffff", "#f7e4dc", "#f6bfa0", "#f08b6b", "#d94f5c", "#a52c6b", "#651a75", "#240b4f"] },
  safe: { dark: ["#0e1116", "#00224e", "#213b6e", "#4c556c", "#7d7c78", "#ab9f6d", "#d9c455", "#fee838"],
          light: ["#ffffff", "#f2e9bd", "#d9c455", "#ab9f6d", "#7d7c78", "#4c556c", "#213b6e", "#00224e"] },
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
