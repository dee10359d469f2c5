// What a trader's program does with openapi-fetch on the types of openapi-typescript; its one argument is the base URL.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Zone = components["schemas"]["Zone"];

const client = createClient<paths>({ baseUrl: process.argv[2] });

function told(zone: Zone): string {
  const stop: number | undefined = zone.stop?.price;
  const since: string | undefined = zone.age?.since;
  const source: "book" | "book_extrapolated" | "volume" | null = zone.score_parts.depth_source;
  return ["zone", zone.id, stop, since, source].join(" ");
}

const heatmap = await client.GET("/v1/heatmap", {
  params: { query: { exchange: "sim", symbol: "BTC", layers: ["long", "heat"], bins: 20 } },
});
if (!heatmap.data) throw new Error(heatmap.error.detail);
console.log("heatmap", heatmap.data.grid.time.length, heatmap.data.grid.edges.length);

const zones = await client.GET("/v1/zones", { params: { query: { exchange: "sim,sim2", timeframes: ["1h", "4h"] } } });
if (!zones.data) throw new Error(zones.error.detail);
console.log("zones", zones.data.timeframes.join(","));
for (const zone of [...zones.data.hot, ...zones.data.cold]) console.log(told(zone));

const scan = await client.GET("/v1/scan", { params: { query: { exchange: "sim", symbols: ["BTC", "ETH"] } } });
if (!scan.data) throw new Error(scan.error.detail);
for (const row of scan.data.symbols) console.log("row", row.symbol, row.long?.distance_pct);

const diff = await client.GET("/v1/diff", { params: { query: { a: "sim", b: "sim2" } } });
if (!diff.data) throw new Error(diff.error.detail);
console.log("diff", diff.data.kind);

const cascade = await client.GET("/v1/cascade", { params: { query: { exchange: "sim", move_pct: -3 } } });
if (!cascade.data) throw new Error(cascade.error.detail);
console.log("cascade", cascade.data.direction);

const price = await client.GET("/v1/liquidation-price", {
  params: { query: { exchange: "sim", side: "long", entry: 60000, leverage: 10 } },
});
if (!price.data) throw new Error(price.error.detail);
console.log("liquidation-price", price.data.price);

const refused = await client.GET("/v1/heatmap", { params: { query: { exchange: "nowhere" } } });
console.log("problem", refused.error?.type);
