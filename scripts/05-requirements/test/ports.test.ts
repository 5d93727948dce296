import { expect, test } from "bun:test";
import { failed, passed, passedWithWarning, runCheck, testAsRoot } from "./run-check.ts";

const TCP = {
  protocol: "tcp",
  listen: (hostname: string) => Bun.listen({ hostname, port: 0, socket: { data() {} } }),
};

/** The name of this process in the kernel, as a person sees it in ss and ps. */
const self = `${(await Bun.file("/proc/self/comm").text()).trim()}, pid ${process.pid}`;
const STOP = "Stop that program on the node, or give it another port.";

testAsRoot("free ports pass, the documented ones in a network of their own", async () => {
  expect(await runCheck("ports", { inside: ["unshare", "--net"] })).toEqual(
    passed("7 ports and 256 for shared volumes free"),
  );
});

test.each(["0.0.0.0", "127.0.0.1", "::", "::1"])(
  "a server at %s is in the way, and is named",
  async (address) => {
    using server = TCP.listen(address);
    const env = { STORAGEOS_PORTS: `20001-20003,${server.port}`, STORAGEOS_VOLUME_PORTS: "20004" };
    expect(await runCheck("ports", { env })).toEqual(
      failed("ports", `cannot listen on TCP port ${server.port} (in use by ${self}). ${STOP}`),
    );
  },
);

test("a server on UDP is in the way of UDP alone", async () => {
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1" });
  try {
    const env = { STORAGEOS_PORTS: `${socket.port}/udp`, STORAGEOS_VOLUME_PORTS: "20004" };
    expect(await runCheck("ports", { env })).toEqual(
      failed("ports", `cannot listen on UDP port ${socket.port} (in use by ${self}). ${STOP}`),
    );
    const tcp = await runCheck("ports", { env: { ...env, STORAGEOS_PORTS: `${socket.port}` } });
    expect(tcp).toEqual(passed("1 port and 1 for shared volumes free"));
  } finally {
    socket.close();
  }
});

test("a port for shared volumes that is taken warns: the others serve", async () => {
  using server = TCP.listen("0.0.0.0");
  const env = { STORAGEOS_PORTS: "20001", STORAGEOS_VOLUME_PORTS: `20002-20003,${server.port}` };
  expect(await runCheck("ports", { env })).toEqual(
    passedWithWarning(
      "ports",
      `cannot listen on 1 of 3 ports for shared volumes: TCP port ${server.port} (in use by ${self}). ${STOP}`,
    ),
  );
});

test("a connection that happens to use the port is told from a server", async () => {
  using server = TCP.listen("127.0.0.1");
  const client = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: { data() {} },
  });
  const env = { STORAGEOS_PORTS: `${client.localPort}`, STORAGEOS_VOLUME_PORTS: "20004" };
  const seen = await runCheck("ports", { env });
  client.end();
  expect(seen).toEqual(
    failed(
      "ports",
      `cannot listen on TCP port ${client.localPort} (in use by a connection of ${self}). ` +
        "Keep connections off these ports: raise the lower end of the sysctl net.ipv4.ip_local_port_range, " +
        "or list them in net.ipv4.ip_local_reserved_ports, and restart that program.",
    ),
  );
});

testAsRoot("without the node's processes in sight it says how to find the program", async () => {
  using server = TCP.listen("0.0.0.0");
  const env = { STORAGEOS_PORTS: `${server.port}`, STORAGEOS_VOLUME_PORTS: "20004" };
  const inside = ["unshare", "--pid", "--fork", "--mount-proc"];
  expect(await runCheck("ports", { env, inside })).toEqual(
    failed(
      "ports",
      `cannot listen on TCP port ${server.port} (in use by a process that is not seen here). ` +
        `Find it on the node with ss -tlnp 'sport = :${server.port}' and stop it, or give it another port.`,
    ),
  );
});

test("what is left of closed connections is not in the way", async () => {
  const server = TCP.listen("127.0.0.1");
  const client = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: { data() {} },
  });
  server.stop(true); // the server's end closes first and goes to TIME_WAIT
  client.end();
  const env = { STORAGEOS_PORTS: `${server.port}`, STORAGEOS_VOLUME_PORTS: "20004" };
  expect(await runCheck("ports", { env })).toEqual(passed("1 port and 1 for shared volumes free"));
});

const OWN = "11111111-2222-3333-4444-555555555555";
const OTHER = OWN.replaceAll("1", "9");
const inside = ["unshare", "--mount"];

testAsRoot("what this pod's own main container holds is not in the way", async () => {
  const shell = besideServer({ server: enterPod(OWN), check: enterPod(OWN) });
  expect(await runCheck("ports", { inside, shell })).toEqual(
    passed("1 port and 1 for shared volumes free"),
  );
});

testAsRoot.each([
  ["of another pod", { server: enterPod(OTHER), check: enterPod(OWN) }],
  ["of the host", { server: "", check: enterPod(OWN) }],
  ["of the host, seen from the host", { server: "", check: "" }],
  ["of the host, which has this pod's mounts", { host: seePod(OWN), check: enterPod(OWN) }],
  ["of the host, whose mounts this host sees too", { host: seePod(OWN), check: "" }],
])("what a program holds that is %s is in the way", async (_, where) => {
  const seen = await runCheck("ports", { inside, shell: besideServer(where) });
  expect(seen.message).toContain("cannot listen on TCP port ");
});

/** kubelet mounts a file of the pod's directory on /etc/hosts of each of its containers. */
function enterPod(uid: string): string {
  return `mkdir -p pods/${uid}; touch pods/${uid}/etc-hosts; mount --bind pods/${uid}/etc-hosts /etc/hosts`;
}

/** What the host has of a pod in its own table of mounts, as of each pod with a volume or subPath. */
function seePod(uid: string): string {
  return `mkdir -p kubelet/pods/${uid}/volumes kubelet/pods/${uid}/containers/a
    touch kubelet/pods/${uid}/etc-hosts kubelet/pods/${uid}/containers/a/0
    mount --bind kubelet/pods/${uid}/etc-hosts kubelet/pods/${uid}/etc-hosts
    mount --bind kubelet/pods/${uid}/containers/a/0 kubelet/pods/${uid}/containers/a/0
    mount --bind kubelet/pods/${uid}/volumes kubelet/pods/${uid}/volumes`;
}

type Where = { readonly host?: string; readonly server?: string; readonly check: string };

/** Shell that runs the check in one place, and beside it a server in another. */
function besideServer({ host = "", server = "", check }: Where): string {
  return `
    mount -t tmpfs none /mnt; cd /mnt
    ${host}
    cat > server.ts <<'END'
    const { port } = Bun.listen({ hostname: "0.0.0.0", port: 0, socket: { data() {} } });
    await Bun.write("port", String(port));
    END
    unshare --mount sh -ec '${server || ":"}; exec "${process.execPath}" server.ts' &
    until test -s port; do sleep 0.01; done
    ${check}
    export STORAGEOS_PORTS=$(cat port) STORAGEOS_VOLUME_PORTS=1
    status=0; "$@" || status=$?
    kill $!; exit $status`.replaceAll(/^ {4}/gm, "");
}

test("ports that cannot be read fail", async () => {
  for (const text of ["http", "0", "70000", "9-3", "1/sctp"]) {
    expect(await runCheck("ports", { env: { STORAGEOS_PORTS: text } })).toEqual(
      failed(
        "ports",
        `cannot use STORAGEOS_PORTS="${text}": it must be ports, ranges, and /udp behind those of UDP. ` +
          "Set it in the init container's environment as in STORAGEOS_PORTS=5701,5703-5705,5710,5711,5711/udp, or leave it out.",
      ),
    );
  }
});
