/** FNV-1a with 64 bits over text, kept as two 32-bit halves: whole numbers only, so that a long log costs little. */
export class LogHash {
  #high: number = 0xcbf29ce4 | 0;
  #low: number = 0x84222325 | 0;

  /** Characters beyond ASCII count by both of their bytes. */
  add(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      this.#byte(code & 0xff);
      if (code > 0x7f) this.#byte(code >>> 8);
    }
  }

  /** 16 hex digits. */
  digest(): string {
    return hex(this.#high) + hex(this.#low);
  }

  /** Times the prime 2^40 + 0x1b3, in steps of 16 bits. */
  #byte(byte: number): void {
    const low = this.#low ^ byte;
    const first = (low & 0xffff) * 0x1b3;
    const second = (low >>> 16) * 0x1b3 + (first >>> 16);
    this.#high = (Math.imul(this.#high, 0x1b3) + (low << 8) + (second >>> 16)) | 0;
    this.#low = (second << 16) | (first & 0xffff);
  }
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
