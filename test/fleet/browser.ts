/** A page in headless Chromium, driven through its DevTools protocol. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

export type Page = {
  /** The value of an expression in the page. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** What the browser complained of: errors of scripts, and what a policy forbade. */
  readonly complaints: () => readonly string[];
  readonly close: () => Promise<void>;
};

export const CHROMIUM = Bun.which("chromium") ?? Bun.which("chromium-browser");

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

export async function openPage(file: string): Promise<Page> {
  const directory = temporaryDirectory("chromium");
  const child = Bun.spawn(
    [CHROMIUM ?? "", ...FLAGS, `--user-data-dir=${directory}`, "about:blank"],
    {
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  const portFile = join(directory, "DevToolsActivePort");
  const port = await waitFor(
    () => existsSync(portFile) && /^(\d+)\n/.exec(readFileSync(portFile, "utf8"))?.[1],
    "Chromium",
  );
  const targets = await fetch(`http://127.0.0.1:${port}/json`);
  const [target] = (await targets.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? "");
  const complaints: string[] = [];
  const answers = new Map<number, (result: unknown) => void>();
  const loaded = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.id !== undefined) answers.get(message.id)?.(message.result);
    if (message.method === "Page.loadEventFired") loaded.resolve();
    if (message.method === "Log.entryAdded") complaints.push(message.params.entry.text);
    if (message.method === "Runtime.exceptionThrown") complaints.push("a script threw");
    if (message.method === "Page.javascriptDialogOpening") complaints.push("a dialog opened");
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  for (const domain of ["Page", "Log", "Runtime"]) await call(`${domain}.enable`, {});
  await call("Page.navigate", { url: `file://${file}` });
  await loaded.promise;
  return {
    evaluate: async (expression) => {
      const result = await call("Runtime.evaluate", { expression, returnByValue: true });
      return (result as { result: { value: unknown } }).result.value;
    },
    complaints: () => complaints,
    close: async () => {
      socket.close();
      child.kill();
      await child.exited;
    },
  };

  async function call(method: string, params: object): Promise<unknown> {
    const id = answers.size + 1;
    const answer = Promise.withResolvers<unknown>();
    answers.set(id, answer.resolve);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  }
}
