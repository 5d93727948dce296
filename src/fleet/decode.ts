/**
 * The bytes of a stream as UTF-8 without a byte order mark. PowerShell's `>` writes UTF-16, and some
 * editors put the mark before UTF-8.
 */
export async function* decodeStream(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let decoder: TextDecoder | undefined;
  let head: Uint8Array = new Uint8Array();
  let isOpen = false;
  for await (const chunk of stream) {
    let bytes = chunk;
    if (!isOpen) {
      head = Buffer.concat([head, chunk]);
      if (head.length < LONGEST_MARK) continue;
      ({ decoder, bytes } = begin(head));
      isOpen = true;
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (!isOpen) {
    const { decoder: last, bytes } = begin(head);
    yield last === undefined ? bytes : Buffer.from(last.decode(bytes));
  } else if (decoder !== undefined) {
    yield Buffer.from(decoder.decode());
  }
}

const LONGEST_MARK = 4;

function begin(head: Uint8Array): {
  readonly decoder: TextDecoder | undefined;
  readonly bytes: Uint8Array;
} {
  const [first, second, third] = head;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return { decoder: undefined, bytes: head.subarray(3) };
  }
  // A JSON document begins with ASCII, which in UTF-16 has a zero byte beside it.
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  if (isLittle && head.length > 1) return { decoder: new TextDecoder("utf-16le"), bytes: head };
  if (isBig && head.length > 1) return { decoder: new TextDecoder("utf-16be"), bytes: head };
  return { decoder: undefined, bytes: head };
}

/** What a text is that is not JSON; undefined if that does not show. */
export function formatOf(head: string): "YAML" | "table" | undefined {
  const [line = ""] = head.trimStart().split("\n", 1);
  if (/^(?:---|%YAML|#|(?:apiVersion|kind|items|metadata)\s*:)/.test(line)) return "YAML";
  return /^(?:NAMESPACE\s+)?NAME\s+(?:READY|STATUS|DESIRED)\b/.test(line) ? "table" : undefined;
}
