// environment: asks whether node:crypto is there, without importing it
/** The part of Node that this package uses. */
export type NodeCrypto = NonNullable<ReturnType<typeof process.getBuiltinModule<'node:crypto'>>>;

/** Node's crypto module where there is one. Asked for at run time, never imported, so that bundles for a browser stay whole. */
export function findNodeCrypto(): NodeCrypto | undefined {
  return globalThis.process?.getBuiltinModule?.('node:crypto');
}

/** The same bytes as a plain Uint8Array: a Buffer's slice() would share memory and surprise the caller. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
