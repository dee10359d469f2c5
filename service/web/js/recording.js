// Where the page is a recording (`liquidation-heatmap record`), its answers are files beside it and nothing is asked.

const pointer = document.querySelector('meta[name="recording"]');

export const recording = pointer ? await listed(pointer.content) : null;

async function listed(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`The recording's list ${name} is missing.`);
  return response.json();
}

// The file that holds an answer, or undefined where it was not recorded.
export function fileOf(path, params) {
  const sorted = new URLSearchParams([...params].sort(([one], [other]) => (one < other ? -1 : 1)));
  return recording.answers[`${path}?${sorted}`];
}
