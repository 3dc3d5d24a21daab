/** FNV-1a with 64 bits over text, kept as two 32-bit halves: whole numbers only, so that a long log costs little. */
export class LogHash {
  #high: number = 0xcbf29ce4 | 0;
  #low: number = 0x84222325 | 0;

  /** Characters beyond ASCII count by both of their bytes. */
  add(text: string): void {
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      // Times the prime 2^40 + 0x1b3, in steps of 16 bits; twice for a character beyond ASCII.
      for (let rest = code; ; rest = code >>> 8) {
        const mixed = low ^ (rest & 0xff);
        const first = (mixed & 0xffff) * 0x1b3;
        const second = (mixed >>> 16) * 0x1b3 + (first >>> 16);
        high = (Math.imul(high, 0x1b3) + (mixed << 8) + (second >>> 16)) | 0;
        low = (second << 16) | (first & 0xffff);
        if (rest !== code || code <= 0x7f) break;
      }
    }
    this.#high = high;
    this.#low = low;
  }

  /** 16 hex digits. */
  digest(): string {
    return hex(this.#high) + hex(this.#low);
  }
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
