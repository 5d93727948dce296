import { exitNow, read, writeAll } from "../lib/linux/descriptors.ts";
import type { AnswerLine, Handlers, HelperKind, RequestLine } from "./helper/command.ts";

const REQUEST_BYTES = 64 * 1024;

/**
 * A helper: does what comes on stdin, a JSON array on each line, one after the other, and answers on
 * stdout. Every call may sleep in the kernel for ever, so it blocks and needs no event loop. It ends
 * when the program closes the pipe, or has ended, however.
 */
export async function serve(kind: HelperKind): Promise<never> {
  const handlers = await handlersOf(kind);
  const input = new Uint8Array(REQUEST_BYTES);
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const count = read(0, input);
    if (!count.ok || count.value === 0) exitNow(0);
    rest += decoder.decode(input.subarray(0, count.value), { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) await handle(JSON.parse(line) as RequestLine, handlers);
  }
}

async function handle([number, name, request]: RequestLine, handlers: Handlers): Promise<void> {
  const answer = await handlers[name]?.(request as never);
  if (number === null) return;
  const line: AnswerLine = answer === undefined ? [number] : [number, answer];
  writeAll(1, Buffer.from(`${JSON.stringify(line)}\n`));
}

/** Each kind loads its own part of the program only. */
async function handlersOf(kind: HelperKind): Promise<Handlers> {
  switch (kind) {
    case "state": {
      const { createStore } = await import("./record/store.ts");
      return createStore();
    }
    case "message": {
      const { MESSAGE_FILE } = await import("./report/message-file.ts");
      return MESSAGE_FILE;
    }
  }
}
