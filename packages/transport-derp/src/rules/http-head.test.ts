import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUpgrade, type HttpHead, HttpHeadReader, isUpgraded } from './http-head.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Public-Key: nodekey:aa\r\n\r\n';

function read(parts: readonly Uint8Array[]): HttpHead | 'bad' | undefined {
  const reader = new HttpHeadReader();
  for (const part of parts) {
    const head = reader.push(part);
    if (head !== undefined) return head;
  }
  return undefined;
}

describe('the upgrade to DERP', () => {
  test('asks for /derp of the relay’s name, with its port where it is another one, and names the ideal node', () => {
    const asked = (host: string, port?: number, ideal?: string): string[] =>
      new TextDecoder().decode(encodeUpgrade({ name: 'n', hostName: host, ...(port && { derpPort: port }) }, ideal)).split('\r\n');
    expect(asked('r.example.com')).toContain('Host: r.example.com');
    expect(asked('2001:db8::1', 8443)).toContain('Host: [2001:db8::1]:8443');
    expect(asked('r', 443, '10a')).toContain('Ideal-Node: 10a');
    expect(asked('r', 443, 'a\r\nX: y').some((line) => line.startsWith('Ideal') || line.startsWith('X'))).toBe(false);
    expect(asked('r').slice(0, 1)).toEqual(['GET /derp HTTP/1.1']);
  });

  test('is read wherever the answer is cut; bytes behind the head are the first frames', () => {
    const all = bytes(`${SWITCH}\x01\x00rest`);
    for (let cut = 0; cut <= all.length; cut++) {
      const reader = new HttpHeadReader();
      const first = reader.push(all.subarray(0, cut));
      const head = first ?? reader.push(all.subarray(cut));
      if (head === undefined || head === 'bad') throw new Error(`cut at ${cut}`);
      expect(isUpgraded(head)).toBe(true);
      const after = first === undefined ? '\x01\x00rest' : new TextDecoder().decode(all.subarray(SWITCH.length, cut));
      expect(new TextDecoder().decode(head.rest)).toBe(after);
    }
  });

  test('D6: a page, a refusal and another protocol are no upgrade', () => {
    for (const text of [
      'HTTP/1.1 200 OK\r\n\r\n<html>',
      'HTTP/1.1 426 Upgrade Required\r\n\r\n',
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const head = read([bytes(text)]);
      expect(head !== 'bad' && head !== undefined && isUpgraded(head)).toBe(false);
    }
  });

  test('what is no HTTP is seen by its first bytes, and a head without an end after 16 KiB', () => {
    expect(read([bytes('SSH-2.0-x')])).toBe('bad');
    expect(read([bytes('H')])).toBeUndefined();
    expect(read([bytes('HTTP/2 101 x\r\n\r\n')])).toBe('bad');
    expect(read([bytes(`HTTP/1.1 101 x\r\n${'a: b\r\n'.repeat(5_000)}`)])).toBe('bad');
  });

  test('no input makes the reader throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (parts) => {
        read([bytes('HTTP/'), ...parts]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
