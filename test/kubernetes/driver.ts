/**
 * The Kubernetes part as a process of its own: what the tests run where a container would run.
 * `bun driver.ts '<JSON>'` looks the node image up, posts the events and prints
 * `{"image":…,"log":[…]}`.
 */
import type { PodEvent } from "../../src/init/kubernetes/event.ts";
import { lookUpNodeImage } from "../../src/init/kubernetes/node-image.ts";
import { createEventReporter } from "../../src/init/kubernetes/post-events.ts";
import { clusterOf } from "../../src/init/open-cluster.ts";

export type DriverInput = {
  readonly serviceAccountDir?: string;
  readonly hostRoot?: string;
  readonly stateDir?: string;
  readonly dsName: string;
  readonly dsNamespace: string;
  readonly container: string;
  readonly lookUp: boolean;
  readonly events: readonly PodEvent[];
  readonly exitStatus?: number;
};

export type DriverOutput = {
  readonly image: Awaited<ReturnType<typeof lookUpNodeImage>> | undefined;
  readonly log: readonly string[];
};

const given: DriverInput = JSON.parse(process.argv[2] ?? "");
const { lookUp, events, hostRoot = "/", exitStatus = 0, ...input } = given;
const log: string[] = [];
const sources = { ...input, hostRoot, env: process.env, log: (line: string) => log.push(line) };
const options = { ...sources, openCluster: clusterOf(sources) };
const reporter = createEventReporter({ ...options, eventOutput: "tail" });
for (const event of events) reporter.post(event);
const image = lookUp ? await lookUpNodeImage(options) : undefined;
await reporter.close(5_000);
process.stdout.write(`${JSON.stringify({ image, log } satisfies DriverOutput)}\n`);
process.exit(exitStatus);
