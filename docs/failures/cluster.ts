import type { Topic } from "./topic.ts";

export const NODE_IMAGE: Topic = {
  title: "The node image",
  where:
    "In the log; with exit status 3 where a script needs the node image, else the run goes on without it.",
  messages: [
    {
      message: "cannot tell whether … is for this node (node-image=…): …",
      meaning:
        "The script has a range of versions, and the node's version is unknown; nothing was run.",
      fix: "See the two reasons below.",
    },
    {
      message: "the node image is unknown: give it with -nodeImage or NODE_IMAGE",
      meaning: "It was neither given nor found.",
      fix: "As it says.",
    },
    {
      message: "the tag of node image … is no version: give it with --node-version",
      meaning: "A tag such as `latest`, or a digest alone.",
      fix: "As it says.",
    },
    {
      message:
        "cannot look up the node image: …. …, or give the image with -nodeImage or NODE_IMAGE",
      meaning: "The API did not tell it; the rest says why and what to do.",
      fix: "As it says.",
    },
    {
      message: "…. No script's settings need it: going on without NODE_IMAGE",
      meaning: "It was not found, and the run goes on.",
      fix: "Nothing, unless a script reads `NODE_IMAGE`.",
    },
    {
      message: "node image: … (from …)",
      meaning: "Found, and where.",
      fix: "Nothing.",
    },
    {
      message: "node image: …; trying for … s",
      meaning: "The API server does not answer yet.",
      fix: "Wait; a later message says what came of it.",
    },
    {
      message: "node image … is from …, which may be newer than this pod: …",
      meaning: "This pod's own spec could not be read, so the DaemonSet's template was taken.",
      fix: "Allow `get` on pods: see [RBAC](kubernetes.md#rbac).",
    },
    {
      message:
        "node image … is this pod's own; the template of … names …, which the next pod will run",
      meaning: "An update is rolling out.",
      fix: "Nothing.",
    },
    {
      message: "none given, and this is not in a cluster",
      meaning: "There is no API to ask.",
      fix: "Give `-nodeImage`.",
    },
    {
      message: '… has no container "…", only …',
      meaning: "`--container` names none of the pod.",
      fix: "Correct `--container`.",
    },
    {
      message: "… (and not from this pod's own spec: …)",
      meaning: "Neither the pod nor the DaemonSet could be read.",
      fix: "See both reasons.",
    },
    {
      message: "cannot use the node image that … gives: …. Correct it",
      meaning: "What stands in the pod or DaemonSet is no image reference; the rest says why.",
      fix: "Correct it there.",
    },
    {
      message: '"…" is no image reference: …',
      meaning: "The image's name is wrong.",
      fix: "Correct it where it is set.",
    },
    {
      message: "the image reference is empty",
      meaning: "No image is named.",
      fix: "Correct it where it is set.",
    },
    {
      message: "more than one @",
      meaning: "A reference has at most one digest.",
      fix: "Correct it where it is set.",
    },
    {
      message: '"…" is no digest',
      meaning: "As a rule a digest is `sha256:` and 64 hexadecimal digits.",
      fix: "Correct it where it is set.",
    },
    {
      message: '"…" is no tag',
      meaning: "A tag has letters, digits, `_`, `.` and `-`, at most 128 of them.",
      fix: "Correct it where it is set.",
    },
    {
      message: '"…" is no registry',
      meaning: "The part before the first slash is no host with a port or without.",
      fix: "Correct it where it is set.",
    },
    {
      message: "its name is over 255 characters",
      meaning: "Longer than an image's name may be.",
      fix: "Correct it where it is set.",
    },
    {
      message: '"…" cannot stand in a repository\'s name',
      meaning: "Small letters, digits, `.`, `_` and `-` can.",
      fix: "Correct it where it is set.",
    },
    {
      message:
        "cannot tell which pod this is: …. Give the container POD_NAME, POD_NAMESPACE and POD_UID by the downward API (fieldRef metadata.name, metadata.namespace, metadata.uid)",
      meaning:
        "init needs its own pod, for the image and for events; the rest says what was tried.",
      fix: "As it says.",
    },
    {
      message: "POD_NAME, POD_NAMESPACE and POD_UID are not all set",
      meaning: "What was tried: the variables.",
      fix: "Set all three.",
    },
    {
      message: "no mount of /proc/self/mountinfo comes from kubelet",
      meaning: "What was tried: the pod's uid from its mounts.",
      fix: "Set the variables.",
    },
    {
      message: "no directory in … belongs to the pod with uid …",
      meaning: "What was tried: the pod's log directory on the host.",
      fix: "Set the variables.",
    },
    {
      message: "the ServiceAccount's files name no namespace",
      meaning: "What was tried: the ServiceAccount's mount.",
      fix: "Set the variables, or `automountServiceAccountToken: true`.",
    },
    {
      message: "so there is nothing to ask the API for",
      meaning: "What was tried: the API.",
      fix: "Set the variables.",
    },
    {
      message: "GET …: this is another pod, with another uid",
      meaning:
        "`POD_NAME` is not the pod of `POD_UID`, or the pod was replaced by one of the same name.",
      fix: "Take both from the downward API.",
    },
    {
      message: "the API has no pod with uid … on node …",
      meaning: "The pod was deleted, or is a static one.",
      fix: "Set the variables.",
    },
  ],
};

export const API: Topic = {
  title: "The API server",
  where: "Inside the messages about the node image and about events.",
  messages: [
    {
      message: "the API server's certificate is not trusted: …",
      meaning: "TLS failed; the rest says why.",
      fix: "See the reasons below.",
    },
    {
      message: "it has expired",
      meaning: "The certificate is too old.",
      fix: "Renew the API server's certificate; check the node's clock.",
    },
    {
      message: "it is not valid yet (is this node's clock right?)",
      meaning: "The certificate is from the future.",
      fix: "Set the node's clock.",
    },
    {
      message: "it is for another name or address",
      meaning: "The API server is reached by an address that its certificate does not name.",
      fix: "Add it to the certificate, or see what is in between.",
    },
    {
      message: "it was not signed by the cluster's CA (ca.crt)",
      meaning: "Something else answers, or the CA was changed.",
      fix: "See what answers at that address; if the CA was replaced, delete the pod.",
    },
    {
      message: "no complete answer within … s",
      meaning: "The API server, or the network to it, is slow or gone.",
      fix: "From the node: `curl -k https://KUBERNETES_SERVICE_HOST:PORT/readyz`.",
    },
    {
      message: "no answer before the time was up",
      meaning: "The same.",
      fix: "From the node: `curl -k https://KUBERNETES_SERVICE_HOST:PORT/readyz`.",
    },
    {
      message: "the name cannot be resolved",
      meaning: "DNS fails in this pod.",
      fix: "Look at the pod's `dnsPolicy` and at the node's DNS.",
    },
    {
      message: "connection refused",
      meaning: "Nothing listens there.",
      fix: "See whether the API server is up and kube-proxy has run on this node.",
    },
    {
      message: "the connection was cut before the answer was complete",
      meaning: "The API server was restarted, or a proxy cut it.",
      fix: "The next start tries again.",
    },
    {
      message: "the answer is over … bytes",
      meaning: "Not what was asked for.",
      fix: "See what answers there.",
    },
    {
      message: "the answer is not a JSON object",
      meaning: "What answers is no API server.",
      fix: "See what answers there.",
    },
    {
      message: "… is empty",
      meaning: "A file of the ServiceAccount has no content.",
      fix: "Set `automountServiceAccountToken: true`; see whether the ServiceAccount exists.",
    },
    {
      message: "cannot read …: …",
      meaning: "A file of the ServiceAccount is not there or may not be read.",
      fix: "Set `automountServiceAccountToken: true`; see whether the ServiceAccount exists.",
    },
  ],
};
