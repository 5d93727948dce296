import type { FileSink } from "bun";

/** How a script ended in the guest, and what it printed. */
export type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Told each line as it comes. */
export type Output = (stream: "out" | "err", line: string) => void;

/** The guest's terminal holds no more than this before it is read. */
const MAX_SCRIPT_BYTES = 32_768;

/** The harness's end of the second serial port; guest/init is the other. One script at a time. */
export class Control {
  readonly #input: FileSink;
  readonly #lines: AsyncIterator<string>;
  readonly #readConsole: () => string;
  #lastId = 0;

  constructor(input: FileSink, output: ReadableStream<Uint8Array>, readConsole: () => string) {
    this.#input = input;
    this.#lines = readLines(output);
    this.#readConsole = readConsole;
  }

  async ready(timeoutMs: number): Promise<void> {
    await this.#within(timeoutMs, "boot", async () => {
      while ((await this.#nextLine()) !== "ready");
    });
  }

  async run(script: string, timeoutMs: number, output: Output = () => {}): Promise<Ran> {
    const id = String((this.#lastId += 1));
    const encoded = Buffer.from(script).toString("base64");
    if (encoded.length > MAX_SCRIPT_BYTES)
      throw new Error("cannot run the script in the guest: it is too long");
    await this.#input.write(`${id} ${encoded}\n`);
    await this.#input.flush();
    return this.#within(timeoutMs, `finish: ${script}`, () => this.#collect(id, output));
  }

  async #collect(id: string, output: Output): Promise<Ran> {
    const printed = { out: "", err: "" };
    for (;;) {
      const [, lineId, kind, text = ""] =
        /^(\d+) (out|err|status) (.*)$/.exec(await this.#nextLine()) ?? [];
      if (lineId !== id) continue;
      if (kind === "status")
        return { status: Number(text), stdout: printed.out, stderr: printed.err };
      if (kind !== "out" && kind !== "err") continue;
      printed[kind] += `${text}\n`;
      output(kind, text);
    }
  }

  async #nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true)
      throw new Error(`the virtual machine ended; its console:\n${this.#consoleTail()}`);
    return value;
  }

  async #within<Value>(timeoutMs: number, what: string, job: () => Promise<Value>): Promise<Value> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(
        new Error(
          `the virtual machine did not ${what} in ${timeoutMs} ms; its console:\n${this.#consoleTail()}`,
        ),
      );
    }, timeoutMs);
    try {
      return await Promise.race([job(), promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #consoleTail(): string {
    return this.#readConsole().split("\n").slice(-30).join("\n");
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
