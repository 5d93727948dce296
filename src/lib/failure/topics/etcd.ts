import type { Entries } from "../failure.ts";

const CHECK = "05-requirements/etcd.ts";

/** etcd, as a node reaches it. */
export const ETCD = {
  EtcdUnusable: {
    title: "No endpoint of etcd can be used",
    meaning: "Every endpoint of ETCD_ENDPOINTS was asked, and none of them works for this node.",
    remedy:
      "Do what the fix names for each endpoint: run etcd, open the firewall, correct DNS or TLS.",
    reportedBy: CHECK,
    cause: ({ endpoints }: { endpoints: string }) => `cannot use etcd: ${endpoints}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      endpoints: "etcd-1:2379 refuses the connection",
      advice: "Check that etcd runs there and listens on that address (--listen-client-urls).",
    },
  },
  EtcdDegraded: {
    title: "Some endpoints of etcd cannot be used",
    meaning: "At least one endpoint works, so the node can start.",
    remedy: "Do what the fix names for each endpoint.",
    reportedBy: CHECK,
    cause: (p: { amount: string; all: string; endpoints: string }) =>
      `${p.amount} of ${p.all} etcd endpoints cannot be used: ${p.endpoints}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      amount: "1",
      all: "3",
      endpoints: "etcd-1:2379 refuses the connection",
      advice: "Check that etcd runs there and listens on that address (--listen-client-urls).",
    },
  },
  EtcdTlsFileUnreadable: {
    title: "A TLS file for etcd cannot be read",
    meaning: "A variable ETCD_TLS_* names a file that the init container cannot read.",
    remedy: "Mount the secret with etcd's certificates into the init container, too.",
    reportedBy: CHECK,
    cause: (p: { name: string; path: string; error: string }) =>
      `cannot read ${p.name}=${p.path}: ${p.error}`,
    fix: () =>
      "Mount the secret with etcd's certificates into the init container too, or correct the variable.",
    example: { name: "ETCD_TLS_CLIENT_CA", path: "/run/certs/ca.crt", error: "EACCES" },
  },
  EtcdTlsInvalid: {
    title: "The TLS files for etcd do not fit",
    meaning: "A certificate or key is missing, not in PEM, expired, or does not fit the other.",
    remedy: "Issue the client certificate for etcd again, and replace the secret that holds it.",
    reportedBy: CHECK,
    cause: ({ why }: { why: string }) => why,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      why: "cannot use ETCD_TLS_CLIENT_KEY: it is not the key of ETCD_TLS_CLIENT_CERT",
      advice:
        "Issue the client certificate for etcd again, and replace the secret that holds it and its key.",
    },
  },
} as const satisfies Entries;
