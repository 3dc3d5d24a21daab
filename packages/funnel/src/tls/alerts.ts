/** RFC 8446 6: a fatal alert as a record, for who must be refused before TLS begins. Bytes: type 21, version 3.1, length 2, level 2, description. */
export function fatalAlert(description: 'unrecognized_name' | 'internal_error' | 'decode_error'): Uint8Array {
  return Uint8Array.of(21, 3, 1, 0, 2, 2, DESCRIPTIONS[description]);
}

const DESCRIPTIONS = { decode_error: 50, internal_error: 80, unrecognized_name: 112 } as const;
