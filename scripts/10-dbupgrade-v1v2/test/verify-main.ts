/** Compares the v2 database at argv[2] with the content that the marker at argv[3] tells; prints the error. */
import { readFileSync } from "node:fs";
import { createCrew, serve } from "../lib/crew.ts";
import { verify } from "../lib/verify.ts";

const [, , path = "", markerPath = ""] = process.argv;

if (Bun.isMainThread) await main();
else await serve();

async function main(): Promise<void> {
  const marker = JSON.parse(readFileSync(markerPath, "utf8")) as {
    pairs: number;
    checksum: string;
  };
  const [sumA = 0, sumB = 0] = [0, 8].map(
    (at) => Number(`0x${marker.checksum.slice(at, at + 8)}`) | 0,
  );
  const verified = await verify(createCrew(), path, {
    pairs: marker.pairs,
    sumA,
    sumB,
  });
  process.stdout.write(verified.ok ? "the same" : verified.error);
}
