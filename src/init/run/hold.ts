import type { FileHandle } from "node:fs/promises";
import type { Emit, RunEvent } from "./events.ts";
import type { Stream, WriteOutput } from "./process.ts";

/** What a check prints and reports, held back until the checks before it are told. */
export type Held = {
  readonly emit: Emit;
  readonly write: WriteOutput;
  /** Resolves when what was passed on is out. */
  readonly flush: () => Promise<void>;
  /** Passes on all that was held, in its order; from then on everything goes through at once. */
  readonly release: () => Promise<void>;
};

const SIGNS_OF_LIFE: ReadonlySet<string> = new Set(["script-silent", "script-still-running"]);

/** Held in memory for each check; what comes after that waits in a file. */
const MEMORY_BYTES = 256 * 1024;

/** Where output waits that is more than the memory takes. */
export type Spool = {
  /** A file that does not exist yet; if it cannot be made, the script waits instead. */
  readonly path: string | undefined;
  /** As much as the file may hold: then the script waits for its turn, as one for a slow reader. */
  readonly limit: number;
};

type Item =
  | { readonly event: RunEvent }
  | { readonly stream: Stream; readonly bytes: Uint8Array }
  | { readonly stream: Stream; readonly offset: number; readonly length: number };

/**
 * @param flushed resolves when what was written is out, so that an event is told below it
 */
export function hold(
  emit: Emit,
  write: WriteOutput,
  flushed: () => Promise<void>,
  { path, limit }: Spool,
): Held {
  const items: Item[] = [];
  const spilling = new Set<Promise<boolean>>();
  const released = Promise.withResolvers<void>();
  let state: "holding" | "releasing" | "live" = "holding";
  let heldBytes = 0;
  let spool: Promise<FileHandle> | undefined;
  let spooledBytes = 0;

  return {
    emit: emitHeld,
    write: writeHeld,
    flush: () => (state === "live" ? flushed() : Promise.resolve()),
    release,
  };

  function emitHeld(event: RunEvent): void {
    // A sign of life is worth nothing later.
    if (state === "live" || SIGNS_OF_LIFE.has(event.type)) emit(event);
    else items.push({ event });
  }

  function writeHeld(stream: Stream, bytes: Uint8Array): Promise<void> | undefined {
    if (state === "live") return write(stream, bytes);
    if (state === "releasing") return released.promise.then(() => write(stream, bytes));
    if (heldBytes + bytes.length > MEMORY_BYTES) return spillOrWait(stream, bytes);
    heldBytes += bytes.length;
    items.push({ stream, bytes });
    return undefined;
  }

  async function spillOrWait(stream: Stream, bytes: Uint8Array): Promise<void> {
    const spilled = spill(stream, bytes);
    spilling.add(spilled);
    const isInFile = await spilled;
    spilling.delete(spilled);
    if (!isInFile) await released.promise;
  }

  /** @returns false if the bytes had to stay in memory */
  async function spill(stream: Stream, bytes: Uint8Array): Promise<boolean> {
    try {
      if (path === undefined) throw new Error("no directory is writable");
      const offset = spooledBytes;
      if (offset + bytes.length > limit) throw new Error("it is full");
      spooledBytes += bytes.length;
      spool ??= openSpool(path);
      const file = await spool;
      const { bytesWritten } = await file.write(bytes, 0, bytes.length, offset);
      if (bytesWritten < bytes.length) throw new Error("no space left");
      items.push({ stream, offset, length: bytes.length });
      return true;
    } catch {
      items.push({ stream, bytes });
      return false;
    }
  }

  async function release(): Promise<void> {
    state = "releasing";
    await Promise.all(spilling);
    for (let item = items.shift(); item !== undefined; item = items.shift()) await pass(item);
    state = "live";
    released.resolve();
    await (await spool?.catch(() => undefined))?.close();
  }

  async function pass(item: Item): Promise<void> {
    if ("event" in item) {
      await flushed();
      emit(item.event);
    } else if ("bytes" in item) {
      await write(item.stream, item.bytes);
    } else {
      const bytes = new Uint8Array(item.length);
      await (await spool)?.read(bytes, 0, item.length, item.offset);
      await write(item.stream, bytes);
    }
  }
}

async function openSpool(path: string): Promise<FileHandle> {
  // Loaded when needed: it would add 3 ms to every start.
  const { open, unlink } = await import("node:fs/promises");
  const file = await open(path, "wx+", 0o600);
  // Without a name, so that nothing is left of it however this process ends.
  await unlink(path);
  return file;
}
