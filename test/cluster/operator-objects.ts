/** What the real Cluster Operator 2.4.2 makes, recorded from it. */
import OBJECTS from "./operator-2.4.2.json" with { type: "json" };

/** The objects as JSON for `kubectl apply`, unchanged but for the two images. */
export function operatorObjects(images: { readonly init: string; readonly node: string }): string {
  return JSON.stringify(OBJECTS)
    .replaceAll('"localhost/storageos-init:3.0.0-dev"', JSON.stringify(images.init))
    .replaceAll('"storageos/node:v2.4.2"', JSON.stringify(images.node));
}
