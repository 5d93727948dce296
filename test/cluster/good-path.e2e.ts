import { afterAll, beforeAll, describe } from "bun:test";
import { testGoodPath } from "../kubernetes/good-path.ts";
import { createNamespace, type RealCluster } from "./real-cluster.ts";

describe("against a real API server", () => {
  let cluster: RealCluster;
  beforeAll(() => {
    cluster = createNamespace();
  });
  afterAll(() => cluster.remove());
  testGoodPath(() => cluster);
});
