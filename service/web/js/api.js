// The public API, asked as any other caller would: tags are kept, so that an unchanged answer costs nothing.

import { fileOf, recording } from "./recording.js";

export class Problem extends Error {
  constructor(status, body, retryAfter = null) {
    super(body?.detail || body?.title || `The service answered ${status}.`);
    this.status = status;
    this.type = body?.type ?? "";
    this.errors = body?.errors ?? [];
    this.retryAfter = retryAfter;
  }
}

const kept = new Map();
const MOST_KEPT = 24;
// What a page asks at once may be more than one process computes at once: it is told when there will be room again.
const OVERLOADED = "/problems/overloaded", TRIES = 3, MOST_PATIENCE = 5;

export async function ask(path, query, { signal } = {}) {
  for (let tries = 1; ; tries++) {
    try {
      return await asked(path, query, signal);
    } catch (error) {
      if (error.type !== OVERLOADED || tries === TRIES || !(error.retryAfter <= MOST_PATIENCE)) throw error;
      await new Promise((done) => setTimeout(done, error.retryAfter * 1000));
    }
  }
}

async function asked(path, query, signal) {
  const params = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "" && value != null));
  const url = recording ? fileOf(path, params) : `${path}?${params}`;
  if (!url) throw new Problem(404, { detail: "This page is a recording, and that view is not in it." });
  const known = kept.get(url);
  const headers = known ? { "If-None-Match": known.etag } : {};
  let response;
  try {
    response = await fetch(url, { headers, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The service cannot be reached." });
  }
  if (response.status === 304 && known) return known.body;
  const body = await response.json().catch(() => null);
  if (!response.ok || body === null) throw new Problem(response.status, body, Number(response.headers.get("Retry-After")) || null);
  const etag = response.headers.get("ETag");
  if (etag) {
    kept.delete(url);
    kept.set(url, { etag, body });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return body;
}
