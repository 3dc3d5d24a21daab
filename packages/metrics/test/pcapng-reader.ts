/** One block, as another program would find it. */
export interface Block {
  readonly type: number;
  readonly body: Buffer;
}

export interface ReadPacket {
  readonly interface: number;
  /** Microseconds. */
  readonly time: number;
  readonly data: Buffer;
  readonly originalLength: number;
  readonly comment: string | undefined;
  readonly flags: number | undefined;
}

/** The blocks of a file. Throws where lengths do not agree. */
export function readBlocks(file: Uint8Array): Block[] {
  const all = Buffer.from(file);
  const blocks: Block[] = [];
  for (let at = 0; at < all.length; ) {
    const length = all.readUInt32LE(at + 4);
    if (length % 4 !== 0 || all.readUInt32LE(at + length - 4) !== length) throw new Error(`a broken block at ${at}`);
    blocks.push({ type: all.readUInt32LE(at), body: all.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

export function readOptions(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (code === 0) return options;
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  throw new Error('options without an end');
}

export function readPackets(file: Uint8Array): ReadPacket[] {
  return readBlocks(file)
    .filter(({ type }) => type === 6)
    .map(({ body }) => {
      const captured = body.readUInt32LE(12);
      const options = readOptions(body.subarray(20 + ((captured + 3) & ~3)));
      return {
        interface: body.readUInt32LE(0),
        time: body.readUInt32LE(4) * 2 ** 32 + body.readUInt32LE(8),
        data: body.subarray(20, 20 + captured),
        originalLength: body.readUInt32LE(16),
        comment: options.get(1)?.toString(),
        flags: options.get(2)?.readUInt32LE(0),
      };
    });
}
