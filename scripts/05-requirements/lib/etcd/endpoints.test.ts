import { expect, test } from "bun:test";
import { parseEndpoint } from "./endpoints.ts";

test.each([
  ["etcd-1.example:2379", false, { isTls: false, host: "etcd-1.example", port: 2379 }],
  ["etcd-1.example:2379", true, { isTls: true, host: "etcd-1.example", port: 2379 }],
  ["etcd-1.example", false, { isTls: false, host: "etcd-1.example", port: 2379 }],
  ["http://10.0.0.1:80", true, { isTls: false, host: "10.0.0.1", port: 80 }],
  ["https://10.0.0.1/", false, { isTls: true, host: "10.0.0.1", port: 2379 }],
  ["[fd00::1]:2379", false, { isTls: false, host: "fd00::1", port: 2379 }],
  ["https://[fd00::1]", false, { isTls: true, host: "fd00::1", port: 2379 }],
])("%s (TLS by default: %p)", (name, tlsByDefault, endpoint) => {
  expect(parseEndpoint(name, tlsByDefault)).toEqual({ name, ...endpoint });
});

test.each([
  "",
  "grpc://a",
  "http://",
  "a:b",
  "a:70000",
  "user@a:2379",
  "http://a/path",
  "::1",
  "a b",
])("%j is none", (name) => {
  expect(parseEndpoint(name, false)).toBeUndefined();
});
