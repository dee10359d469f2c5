// What a trader's program does with the client that @hey-api/openapi-ts makes; its one argument is the base URL.
import { client } from "./client/client.gen.js";
import { getCascade, getDiff, getHeatmap, getLiquidationPrice, getScan, getZones } from "./client/index.js";
import type { Zone } from "./client/index.js";

client.setConfig({ baseUrl: process.argv[2] });

function told(zone: Zone): string {
  const stop: number | undefined = zone.stop?.price;
  const since: string | undefined = zone.age?.since;
  return ["zone", zone.id, stop, since, zone.score_parts.depth_source].join(" ");
}

const heatmap = await getHeatmap({
  query: { exchange: "sim", symbol: "BTC", layers: ["long", "heat"], bins: 20 },
  throwOnError: true,
});
console.log("heatmap", heatmap.data.grid.time.length, heatmap.data.grid.edges.length);

const zones = await getZones({ query: { exchange: "sim,sim2", timeframes: ["1h", "4h"] }, throwOnError: true });
console.log("zones", zones.data.timeframes.join(","));
for (const zone of [...zones.data.hot, ...zones.data.cold]) console.log(told(zone));

const scan = await getScan({ query: { exchange: "sim", symbols: ["BTC", "ETH"] }, throwOnError: true });
for (const row of scan.data.symbols) console.log("row", row.symbol, row.long?.distance_pct);

const diff = await getDiff({ query: { a: "sim", b: "sim2" }, throwOnError: true });
console.log("diff", diff.data.kind);

const cascade = await getCascade({ query: { exchange: "sim", move_pct: -3 }, throwOnError: true });
console.log("cascade", cascade.data.direction);

const price = await getLiquidationPrice({
  query: { exchange: "sim", side: "long", entry: 60000, leverage: 10 },
  throwOnError: true,
});
console.log("liquidation-price", price.data.price);

const refused = await getHeatmap({ query: { exchange: "nowhere" } });
console.log("problem", refused.error?.type);
