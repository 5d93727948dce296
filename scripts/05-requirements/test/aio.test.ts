import { dlopen, ptr } from "bun:ffi";
import { afterEach, describe, expect, test } from "bun:test";
import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { failed, passed, passedWithWarning, runCheck } from "./run-check.ts";

const MAX = "/proc/sys/fs/aio-max-nr";
const TAKEN = "/proc/sys/fs/aio-nr";
const before = readFileSync(MAX, "utf8");

describe.skipIf(!mayWrite(MAX))("asynchronous I/O", () => {
  afterEach(() => writeFileSync(MAX, before));

  test("as recommended passes", async () => {
    writeFileSync(MAX, "1048576");
    const taken = readFileSync(TAKEN, "utf8").trim();
    expect(await runCheck("aio")).toEqual(
      passed(`asynchronous I/O: fs.aio-max-nr is 1048576, of which ${taken} are taken`),
    );
  });

  test("less than recommended warns", async () => {
    writeFileSync(MAX, "65536");
    expect(await runCheck("aio")).toEqual(
      passedWithWarning(
        "aio",
        "fs.aio-max-nr is 65536, below the recommended 1048576: volumes can run out of asynchronous I/O. " +
          'Set it on the node: a line "fs.aio-max-nr = 1048576" in a file of /etc/sysctl.d, then sysctl --system.',
      ),
    );
  });

  test("what is recommended can be set", async () => {
    writeFileSync(MAX, "65536");
    const seen = await runCheck("aio", { env: { STORAGEOS_MIN_AIO_MAX_NR: "65536" } });
    expect(seen.stderr).toBe("");
  });

  test("none left fails", async () => {
    const release = setUpContext(64);
    const taken = readFileSync(TAKEN, "utf8").trim();
    writeFileSync(MAX, taken);
    const seen = await runCheck("aio");
    release();
    expect(Number(taken)).toBeGreaterThanOrEqual(64);
    expect(seen).toEqual(
      failed(
        "aio",
        `no asynchronous I/O is left: fs.aio-nr is ${taken} and fs.aio-max-nr ${taken}. ` +
          'Set it on the node: a line "fs.aio-max-nr = 1048576" in a file of /etc/sysctl.d, then sysctl --system.',
      ),
    );
  });
});

/** Takes requests as a program with AIO does (io_setup(2)), and gives a function that returns them. */
function setUpContext(requests: number): () => void {
  const { symbols: libc } = dlopen("libc.so.6", {
    syscall: { args: ["i64", "i64", "i64"], returns: "i64" },
  });
  const context = new BigUint64Array(1);
  const IO_SETUP = 206n;
  const IO_DESTROY = 207n;
  if (libc.syscall(IO_SETUP, BigInt(requests), BigInt(ptr(context))) !== 0n)
    throw new Error("io_setup");
  return () => void libc.syscall(IO_DESTROY, context[0] ?? 0n, 0n);
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
