/**
 * Over databases as nodes may have them, no v2 is ever upgraded and no v1 adopted. Refusals are
 * allowed. SEED repeats a run; NIGHTLY makes it 100 times as long.
 */
import { expect, test } from "bun:test";
import { createInodeIndex } from "../inode-index.ts";
import { inodeWords } from "../key-codec.ts";
import { type KeyEvidence, createKeyWitness } from "../look/key-evidence.ts";
import {
  type RandomDatabase,
  createRandom,
  makeRandomDatabase,
  wordsOf,
} from "../../test/random-database.ts";
import { decide } from "./decide.ts";
import type { NodeKind } from "../look/node-kind.ts";

const CASES = process.env["NIGHTLY"] === undefined ? 1000 : 100_000;
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));

test(`${CASES} random databases, seed ${SEED}: no wrong decision`, () => {
  const random = createRandom(SEED);
  const counts = { right: 0, refused: 0 };
  const wrong: string[] = [];
  for (let number = 0; number < CASES; number++) {
    const database = makeRandomDatabase(random);
    const all = evidenceOf(database, database.keys.length);
    // What the first keys of a large database would show.
    const some = evidenceOf(database, random.logUniform(1, database.keys.length));
    for (const keys of [all, some]) {
      const taken = takenFor(database, keys);
      if (taken !== undefined && taken !== database.format)
        wrong.push(`taken for ${taken}: ${database.story}, ${database.blobs.length} blobs`);
    }
    counts[takenFor(database, all) === undefined ? "refused" : "right"]++;
  }
  process.stdout.write(`seed ${SEED}: ${counts.right} decided, ${counts.refused} refused\n`);
  expect(wrong).toEqual([]);
  expect(counts.right).toBeGreaterThan(CASES / 10);
});

function evidenceOf({ keys, format, blobs }: RandomDatabase, most: number): KeyEvidence {
  const index = createInodeIndex();
  for (const { high, low } of blobs.map(inodeWords)) index.findOrAdd(high, low);
  const witness = createKeyWitness(index);
  for (let number = 0; number < most; number++) {
    const words = wordsOf(keys[number] as readonly [number, number], format);
    witness.add(...words);
  }
  return witness.total(most === keys.length);
}

/** What any node's run would treat it as; undefined if all refuse. */
function takenFor({ blobs }: RandomDatabase, keys: KeyEvidence): "v1" | "v2" | undefined {
  const ofNode = (node: NodeKind) =>
    decide({
      node,
      place: "filled",
      change: "none",
      isBesideOthers: false,
      mark: "none",
      keys,
      blobs,
      word: undefined,
    });
  const [old, own] = [ofNode("reads-v1"), ofNode("reads-v2")];
  if (own.do === "upgrade" || old.do === "nothing") return "v1";
  if (own.do === "adopt" || (old.do === "refuse" && old.why === "v2-unreadable")) return "v2";
  return undefined;
}
