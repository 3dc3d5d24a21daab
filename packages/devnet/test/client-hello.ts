/** RFC 8446 4.1.2: a first message of TLS, with a name or without. */
export function clientHello(name?: string): Uint8Array {
  const names = name === undefined ? [] : extension(0, vector(2, [0, ...vector(2, [...new TextEncoder().encode(name)])]));
  const body = [3, 3, ...Array<number>(32).fill(7), ...vector(1, []), ...vector(2, [0x13, 0x01]), ...vector(1, [0]), ...vector(2, names)];
  const message = [1, ...vector(3, body)];
  return Uint8Array.from([22, 3, 1, ...vector(2, message)]);
}

function extension(type: number, body: readonly number[]): number[] {
  return [type >>> 8, type & 255, ...vector(2, body)];
}

/** Bytes behind their number. */
function vector(size: number, bytes: readonly number[]): number[] {
  return [...Array.from({ length: size }, (_, at) => (bytes.length >>> (8 * (size - 1 - at))) & 255), ...bytes];
}
