import { afterAll, beforeAll, describe } from "bun:test";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { testGoodPath } from "./good-path.ts";

describe("against the tests' own API server", () => {
  let cluster: FakeCluster;
  beforeAll(() => {
    cluster = startFakeCluster();
  });
  afterAll(async () => cluster.stop());
  testGoodPath(() => cluster);
});
