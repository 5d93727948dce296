/** Finds this process's pod: without help, then with the API, in few and small requests. */
import { hostname } from "node:os";
import type { Pod, PodList } from "kubernetes-types/core/v1";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { ApiCall } from "./client.ts";
import { type ApiFailure, describeFailure } from "./failure.ts";
import {
  completeIdentity,
  type IdentitySources,
  lookAround,
  merge,
  type PodClues,
  type PodIdentity,
} from "./pod-identity.ts";

export type Get = <Answer extends object>(call: ApiCall) => Promise<Result<Answer, ApiFailure>>;

export type FoundPod = {
  readonly identity: PodIdentity;
  /** As the API gave it, if it was asked. */
  readonly pod: Pod | undefined;
  /** The ways that did not show it, and why: `…; …`. */
  readonly tried: string;
};

/** Why the pod is not known; `apiFailure` is what kept the API from showing it. */
export type PodUnknown = {
  /** Each way that was tried, and why it did not help: `…; …`. */
  readonly tried: string;
  readonly apiFailure: ApiFailure | undefined;
};

/** By which fields the API is asked to select pods, the likeliest first. */
export type Whereabouts = {
  /** Addresses that `status.podIP` may have; a pod with hostNetwork has its node's. */
  readonly addresses: readonly string[];
  /** Names that its node may have. */
  readonly names: readonly string[];
};

export type PodSearch = {
  readonly sources: IdentitySources;
  /** The ServiceAccount's namespace, if its files say. */
  readonly namespace: string | undefined;
  readonly whereabouts: () => Promise<Whereabouts>;
};

/** Requests before the first script may cost little; what they leave is asked at the end of the run. */
const FIRST_LISTS = 3;
const FIRST_ADDRESSES = 2;

/**
 * @param pass `first`: at most three small lists; `last`: all addresses, since `status.podIP` is
 *   empty in a pod's first seconds, and the names that were not asked for yet
 */
export async function findPod(
  { sources, namespace, whereabouts }: PodSearch,
  get: Get,
  pass: "first" | "last",
): Promise<Result<FoundPod, PodUnknown>> {
  const { known, unhelpful } = lookAround(sources);
  const tried = unhelpful.join("; ");
  const identity = completeIdentity(known);
  if (identity !== undefined) return ok({ identity, pod: undefined, tried });
  const here = merge(known, { namespace });
  const shown = await askApi(here, get, async () =>
    selectorsFor(await whereabouts(), sources, pass),
  );
  if (shown.ok) return ok({ ...shown.value, tried });
  const { why, apiFailure } = shown.error;
  return fail({ tried: [...unhelpful, ...why].join("; "), apiFailure });
}

/** Why the API did not show the pod; nothing where there is nothing to ask it for. */
type NotShown = { readonly why: readonly string[]; readonly apiFailure: ApiFailure | undefined };
type Shown = Omit<FoundPod, "tried">;

async function askApi(
  here: PodClues,
  get: Get,
  selectors: () => Promise<readonly Selector[]>,
): Promise<Result<Shown, NotShown>> {
  if (here.namespace === undefined) {
    return notShown("the ServiceAccount's files do not name a namespace");
  }
  const pods = `/api/v1/namespaces/${encodeURIComponent(here.namespace)}/pods`;
  if (here.name !== undefined) {
    return readNamed(here, `${pods}/${encodeURIComponent(here.name)}`, get);
  }
  if (here.uid !== undefined) return listPods(here, pods, await selectors(), get);
  return fail({ why: [], apiFailure: undefined });
}

function notShown(why: string, apiFailure?: ApiFailure): Result<never, NotShown> {
  return fail({ why: [why], apiFailure });
}

/** A pod whose name is given, but not its uid. */
async function readNamed(here: PodClues, path: string, get: Get): Promise<Result<Shown, NotShown>> {
  const pod = await get<Pod>({ method: "GET", path });
  if (!pod.ok) return notShown(describeFailure(pod.error), pod.error);
  const found = matching(here, [pod.value]);
  return found ? ok(found) : notShown(`GET ${path}: this pod has another uid`);
}

type Selector = { readonly field: "status.podIP" | "spec.nodeName"; readonly value: string };

function selectorsFor(
  { addresses, names }: Whereabouts,
  { env }: IdentitySources,
  pass: "first" | "last",
): readonly Selector[] {
  const byAddress = addresses.map((value) => ({ field: "status.podIP", value }) as const);
  const given = env["NODE_NAME"];
  if (given) return [{ field: "spec.nodeName", value: given }, ...byAddress];
  const byName = names.map((value) => ({ field: "spec.nodeName", value }) as const);
  const first = [...byAddress.slice(0, FIRST_ADDRESSES), ...byName].slice(0, FIRST_LISTS);
  if (pass === "first") return first;
  return [...byAddress, ...byName.filter((selector) => !first.includes(selector))];
}

/** Until a list holds the pod with the uid; a list that is forbidden forbids the others too. */
async function listPods(
  here: PodClues,
  pods: string,
  selectors: readonly Selector[],
  get: Get,
): Promise<Result<Shown, NotShown>> {
  for (const { field, value } of selectors) {
    // From the API server's cache: without resourceVersion=0 it may read all the namespace's pods from etcd.
    const query = `?fieldSelector=${field}%3D${encodeURIComponent(value)}&resourceVersion=0`;
    const list = await get<PodList>({ method: "GET", path: `${pods}${query}` });
    if (!list.ok) {
      const namesake = await readNamesake(here, pods, list.error, get);
      return namesake ? ok(namesake) : notShown(describeFailure(list.error), list.error);
    }
    const found = matching(here, list.value.items ?? []);
    if (found) return ok(found);
  }
  const asked = selectors.length === 0 ? "" : ` and ${describe(selectors)}`;
  return notShown(`namespace ${here.namespace} has no pod with uid ${here.uid}${asked}`);
}

/** Where pods may be read but not listed: a pod with its own network has its own name as hostname. */
async function readNamesake(
  here: PodClues,
  pods: string,
  failure: ApiFailure,
  get: Get,
): Promise<Shown | undefined> {
  if (failure.code !== "ApiForbidden") return undefined;
  const pod = await get<Pod>({ method: "GET", path: `${pods}/${hostname()}` });
  return pod.ok ? matching(here, [pod.value]) : undefined;
}

/** `status.podIP 10.0.0.1 or 10.0.0.2, or spec.nodeName worker-1`. */
function describe(selectors: readonly Selector[]): string {
  const fields = ["status.podIP", "spec.nodeName"].flatMap((field) => {
    const values = selectors.filter((selector) => selector.field === field);
    return values.length === 0 ? [] : [`${field} ${values.map(({ value }) => value).join(" or ")}`];
  });
  return fields.join(", or ");
}

function matching(here: PodClues, pods: readonly Pod[]): Shown | undefined {
  const pod = pods.find(({ metadata }) => here.uid === undefined || metadata?.uid === here.uid);
  if (pod === undefined) return undefined;
  const { name, uid } = pod.metadata ?? {};
  const identity = completeIdentity(
    merge(here, { name, uid, node: pod.spec?.nodeName, container: onlyInitContainer(pod) }),
  );
  return identity && { identity, pod };
}

/** Where a pod has a single init container, that is the one this process runs in. */
export function onlyInitContainer({ spec }: Pod): string | undefined {
  const [first, ...more] = spec?.initContainers ?? [];
  return more.length === 0 ? first?.name : undefined;
}
