import type { Crypto, X25519 } from '@heddle/crypto';

/** Providers that count what is asked of them, by name. */
export class CountingCrypto {
  readonly crypto: Crypto;
  calls: Record<string, number> = {};

  constructor(inner: Crypto) {
    const { x25519, chacha20poly1305, xchacha20poly1305, blake2s, mac, packets } = inner;
    this.crypto = {
      ...inner,
      x25519: this.#counted('x25519', this.#agreements(x25519)),
      chacha20poly1305: this.#counted('chacha20poly1305', chacha20poly1305),
      xchacha20poly1305: this.#counted('xchacha20poly1305', xchacha20poly1305),
      blake2s: this.#counted('blake2s', blake2s),
      mac: this.#counted('mac', mac),
      packets: this.#counted('packets', packets),
    };
  }

  #agreements(x25519: X25519): X25519 {
    return { load: (privateKey) => this.#counted('x25519', x25519.load(privateKey)) };
  }

  #counted<T extends object>(name: string, target: T): T {
    return new Proxy(target, { get: (_, key) => this.#member(`${name}.${String(key)}`, target, Reflect.get(target, key, target)) });
  }

  #member(name: string, target: object, value: unknown): unknown {
    if (typeof value !== 'function') return value;
    return (...args: readonly unknown[]): unknown => {
      this.calls[name] = (this.calls[name] ?? 0) + 1;
      return value.apply(target, args);
    };
  }
}
