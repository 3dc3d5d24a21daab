/** FNV-1a with 64 bits over text, kept as two 32-bit halves: every product stays exact in a double. */
export class LogHash {
  #high = 0xcbf29ce4;
  #low = 0x84222325;

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

  /** Times the prime 2^40 + 0x1b3. */
  #byte(byte: number): void {
    const low = (this.#low ^ byte) >>> 0;
    const product = low * 0x1b3;
    const carry = Math.floor(product / 0x100000000);
    this.#high = (this.#high * 0x1b3 + low * 0x100 + carry) % 0x100000000;
    this.#low = product >>> 0;
  }
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
