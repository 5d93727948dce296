/** Pods of the tests, with what kubelet or somebody else makes of them. */
import { OWNER, terminated } from "../../bench/pod-list.ts";
import { failed, passed } from "./nodes.ts";

export type Pod = Record<string, never> & {
  metadata: {
    name: string;
    namespace: string;
    ownerReferences?: unknown[];
    [more: string]: unknown;
  };
  spec: { nodeName?: string; [more: string]: unknown };
  status: {
    phase: string;
    conditions: { type: string; status: string }[];
    initContainerStatuses: Record<string, unknown>[];
    [more: string]: unknown;
  };
};

export function edited(pod: unknown, edit: (pod: Pod) => void): unknown {
  const copy = structuredClone(pod) as Pod;
  edit(copy);
  return copy;
}

/** A pod of another DaemonSet. */
export function owned(pod: unknown, name: string, namespace = "kube-system"): unknown {
  return edited(pod, ({ metadata }) => {
    metadata.namespace = namespace;
    metadata.name = `${name}-${metadata.name}`;
    metadata.ownerReferences = [{ ...OWNER, name, uid: `uid-of-${namespace}-${name}` }];
  });
}

export function ended(pod: unknown, state: Record<string, unknown>): unknown {
  return edited(pod, ({ status }) => {
    const [init] = status.initContainerStatuses;
    if (init !== undefined) init["state"] = { terminated: state };
  });
}

const MESSAGE = (passed(1) as unknown as Pod).status.initContainerStatuses[0] as {
  readonly state: { readonly terminated: { readonly message: string } };
};
export const { message } = MESSAGE.state.terminated;

/** A failed node with this termination message. */
export function failedWith(text: string): unknown {
  return edited(failed(1, "x"), ({ status }) => {
    const [init] = status.initContainerStatuses;
    if (init !== undefined) init["lastState"] = terminated(1, text);
  });
}
