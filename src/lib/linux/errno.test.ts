import { expect, test } from "bun:test";
import { constants } from "node:os";
import { errnoName } from "./errno.ts";

test("every error number has the name that this system gives it", () => {
  // Two names of one number: the runtime lists both.
  const aliases = new Set(["EWOULDBLOCK", "ENOTSUP", "EDEADLOCK"]);
  const named = Object.entries(constants.errno).filter(([name]) => !aliases.has(name));
  const wrong = named.filter(
    ([name, number]) => ![name, `errno ${number}`].includes(errnoName(number)),
  );
  expect(wrong).toEqual([]);
});

test.each([
  [2, "ENOENT"],
  [28, "ENOSPC"],
  [40, "ELOOP"],
  [95, "EOPNOTSUPP"],
  [122, "EDQUOT"],
  [4000, "errno 4000"],
])("%i is %s", (number, name) => {
  expect(errnoName(number)).toBe(name);
});
