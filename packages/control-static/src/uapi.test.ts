import { keyPairOf, nodeProvider, PrivateKey } from '@heddle/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceState } from './device-state.js';
import { applyUapiSet } from './uapi-apply.js';
import { type UapiStatus, writeErrno, writeUapiGet } from './uapi-get.js';
import { UapiReader } from './uapi-reader.js';
import { parseUapiSet } from './uapi-text.js';

const x25519 = nodeProvider.create().x25519!;
const pair = (fill: number) => keyPairOf(PrivateKey.fromBytes('node', new Uint8Array(32).fill(fill)), x25519);
/** Si of the handshake vector, and the public key that the transcripts use. */
const SI = '20'.concat('22'.repeat(30), '62');
const K = '7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13';
const OTHER = pair(5).publicKey.toHex();
const PSK = '55'.repeat(32);
const ZERO = '0'.repeat(64);

/** What a program with a socket does, without the socket. */
class Daemon {
  readonly state = new DeviceState((key) => keyPairOf(key, x25519).publicKey.toBase64());
  readonly reader = new UapiReader();
  status: UapiStatus | undefined;
  closed = false;

  /** The answer bytes to what was sent on one connection. */
  send(text: string): string {
    return this.take(new TextEncoder().encode(text));
  }

  take(bytes: Uint8Array): string {
    return this.reader
      .push(bytes)
      .map((request) => this.answer(request))
      .join('');
  }

  answer(request: ReturnType<UapiReader['push']>[number]): string {
    if (request.is === 'get') return writeUapiGet(this.state, this.status);
    if (request.is === 'failed') return writeErrno(request.errno);
    if (request.is === 'set') {
      applyUapiSet(this.state, request.operation);
      this.state.commit();
      return writeErrno(0);
    }
    this.closed = true;
    return '';
  }

  get allowed(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.state.peers].map(({ id, allowedIps }) => [id, allowedIps]));
  }
}

const id = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

describe('UAPI transcripts of wireguard-go', () => {
  const rows: readonly (readonly [sent: string, answer: string])[] = [
    ['get=1\n\n', 'errno=0\n\n'],
    ['set=1\nbogus=1\n\n', 'errno=-22\n\n'],
    ['set=1\nlisten_port=99999\n\n', 'errno=-22\n\n'],
    ['set=1\nprivate_key=zz\n\n', 'errno=-22\n\n'],
    ['set=1\nnovalue\n\n', 'errno=-71\n\n'],
    ['set=1\nreplace_peers=false\n\n', 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nbogus=1\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nendpoint=foo:1\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nendpoint=10.0.0.1\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nallowed_ip=10.0.0.1\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nallowed_ip=10.0.0.77/24\n\n`, 'errno=0\n\n'],
    [`set=1\npublic_key=${OTHER}\nupdate_only=true\nallowed_ip=10.9.0.0/24\n\n`, 'errno=0\n\n'],
    [`set=1\npublic_key=${OTHER}\nremove=true\n\n`, 'errno=0\n\n'],
    [`set=1\npublic_key=${OTHER}\nremove=true\nallowed_ip=x\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nprotocol_version=2\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\npersistent_keepalive_interval=70000\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${K}\nendpoint=[fe80::1%lo]:5\n\n`, 'errno=0\n\n'],
    [`set=1\npublic_key=${K}\nprivate_key=${SI}\n\n`, 'errno=-22\n\n'],
    [`set=1\npublic_key=${ZERO}\n\n`, 'errno=-22\n\n'],
    ['set=1\nfwmark=256\n\n', 'errno=0\n\n'],
    ['set=1\nfwmark=4294967296\n\n', 'errno=-22\n\n'],
    ['set=1\n\n', 'errno=0\n\n'],
    ['get=1\nx\n', 'errno=-22\n\n'],
  ];
  for (const [sent, answer] of rows) {
    test(`${JSON.stringify(sent.replace(/[0-9a-f]{64}/g, 'K'))} is answered by ${JSON.stringify(answer)}`, () => {
      expect(new Daemon().send(sent)).toBe(answer);
    });
  }

  test('one connection after the other, and what get says at the end', () => {
    const daemon = new Daemon();
    for (const [sent] of rows) daemon.send(sent.endsWith('\n\n') ? sent : `${sent}\n`);
    daemon.status = { listenPort: 53952, peer: () => undefined };
    expect(daemon.send('get=1\n\n')).toBe(
      `listen_port=53952\nfwmark=256\npublic_key=${K}\npreshared_key=${ZERO}\nprotocol_version=1\nendpoint=[fe80::1]:5\n` +
        'last_handshake_time_sec=0\nlast_handshake_time_nsec=0\ntx_bytes=0\nrx_bytes=0\npersistent_keepalive_interval=0\n' +
        'allowed_ip=10.0.0.0/24\nerrno=0\n\n',
    );
  });

  test('what is no operation closes the connection without a byte', () => {
    for (const text of ['foo=1\n\n', 'get=2\n\n', '\n', 'set=1 \n\n']) {
      const daemon = new Daemon();
      expect(daemon.send(text)).toBe('');
      expect(daemon.closed).toBe(true);
      expect(daemon.send('get=1\n\n')).toBe('');
    }
  });

  test('what wg set sends reads back, with the status that wg show wants', () => {
    const daemon = new Daemon();
    const sent =
      `set=1\nprivate_key=${SI}\nlisten_port=51820\nfwmark=256\npublic_key=${OTHER}\npreshared_key=${PSK}\n` +
      'endpoint=192.0.2.7:51820\npersistent_keepalive_interval=25\nreplace_allowed_ips=true\nallowed_ip=10.0.0.1/32\nallowed_ip=fd00::1/128\n\n';
    expect(daemon.send(sent)).toBe('errno=0\n\n');
    daemon.status = { peer: () => ({ rxBytes: 276, txBytes: 220, lastHandshake: 1_700_000_000_250 }) };
    expect(daemon.send('get=1\n\n')).toBe(
      `private_key=${SI}\nlisten_port=51820\nfwmark=256\npublic_key=${OTHER}\npreshared_key=${PSK}\nprotocol_version=1\n` +
        'endpoint=192.0.2.7:51820\nlast_handshake_time_sec=1700000000\nlast_handshake_time_nsec=250000000\ntx_bytes=220\nrx_bytes=276\n' +
        'persistent_keepalive_interval=25\nallowed_ip=10.0.0.1/32\nallowed_ip=fd00::1/128\nerrno=0\n\n',
    );
  });

  test('the endpoint in use goes before the configured one, and one that is no host:port is left out', () => {
    const daemon = new Daemon();
    daemon.send(`set=1\npublic_key=${K}\nendpoint=192.0.2.7:51820\n\n`);
    const at = (endpoint: string) => ({ peer: () => ({ endpoint, rxBytes: 0, txBytes: 0, lastHandshake: 0 }) });
    daemon.status = at('udp:198.51.100.1:9');
    expect(daemon.send('get=1\n\n')).toContain('endpoint=198.51.100.1:9\n');
    daemon.status = at('[2001:db8::1]:9');
    expect(daemon.send('get=1\n\n')).toContain('endpoint=[2001:db8::1]:9\n');
    daemon.status = at('derp:1/nodekey:00');
    expect(daemon.send('get=1\n\n')).not.toContain('endpoint=');
  });
});

describe('applying UAPI text', () => {
  test('nothing is half-applied: a bad line leaves all as it was, unlike wireguard-go', () => {
    const daemon = new Daemon();
    daemon.send(`set=1\nlisten_port=7\npublic_key=${K}\nallowed_ip=10.0.0.0/24\n\n`);
    const before = daemon.send('get=1\n\n');
    expect(daemon.send(`set=1\nlisten_port=8\nreplace_peers=true\npublic_key=${OTHER}\nallowed_ip=10.0.0.0/33\nremove=true\n\n`)).toBe(
      'errno=-22\n\n',
    );
    expect(daemon.send('get=1\n\n')).toBe(before);
  });

  test('a prefix moves to the peer that is given it', () => {
    const daemon = new Daemon();
    daemon.send(`set=1\npublic_key=${K}\nallowed_ip=10.0.0.0/24\nallowed_ip=10.1.0.0/24\n\n`);
    daemon.send(`set=1\npublic_key=${OTHER}\nallowed_ip=10.0.0.9/24\n\n`);
    expect(daemon.allowed).toEqual({ [id(K)]: ['10.1.0.0/24'], [id(OTHER)]: ['10.0.0.0/24'] });
  });

  test('plus adds, minus takes away, and only from its owner', () => {
    const daemon = new Daemon();
    daemon.send(
      `set=1\npublic_key=${K}\nallowed_ip=+10.0.0.0/24\nallowed_ip=10.1.0.0/24\npublic_key=${OTHER}\nallowed_ip=-10.1.0.0/24\n\n`,
    );
    expect(daemon.allowed[id(K)]).toEqual(['10.0.0.0/24', '10.1.0.0/24']);
    daemon.send(`set=1\npublic_key=${K}\nallowed_ip=-10.0.0.7/24\n\n`);
    expect(daemon.allowed[id(K)]).toEqual(['10.1.0.0/24']);
  });

  test('replace_allowed_ips, replace_peers, remove and update_only do what they say', () => {
    const daemon = new Daemon();
    daemon.send(`set=1\npublic_key=${K}\nallowed_ip=10.0.0.0/24\nreplace_allowed_ips=true\nallowed_ip=10.1.0.0/24\n\n`);
    expect(daemon.allowed).toEqual({ [id(K)]: ['10.1.0.0/24'] });
    daemon.send(`set=1\nreplace_peers=true\npublic_key=${OTHER}\nallowed_ip=10.1.0.0/24\n\n`);
    expect(daemon.allowed).toEqual({ [id(OTHER)]: ['10.1.0.0/24'] });
    daemon.send(
      `set=1\npublic_key=${OTHER}\nupdate_only=true\nallowed_ip=10.2.0.0/24\npublic_key=${K}\nupdate_only=true\nallowed_ip=10.3.0.0/24\n\n`,
    );
    expect(daemon.allowed).toEqual({ [id(OTHER)]: ['10.1.0.0/24', '10.2.0.0/24'] });
    daemon.send(`set=1\npublic_key=${OTHER}\nremove=true\nallowed_ip=10.4.0.0/24\n\n`);
    expect(daemon.allowed).toEqual({});
    daemon.send(`set=1\npublic_key=${K}\nallowed_ip=10.2.0.0/24\n\n`);
    expect(daemon.allowed).toEqual({ [id(K)]: ['10.2.0.0/24'] });
  });

  test('zeros take a preshared key and the private key away', () => {
    const daemon = new Daemon();
    daemon.send(`set=1\nprivate_key=${SI}\npublic_key=${OTHER}\npreshared_key=${PSK}\n\n`);
    expect(daemon.send('get=1\n\n')).toContain(PSK);
    daemon.send(`set=1\nprivate_key=${ZERO}\npublic_key=${OTHER}\npreshared_key=${ZERO}\n\n`);
    expect(daemon.send('get=1\n\n')).not.toMatch(new RegExp(`private_key|${PSK}`));
  });

  test('the section of the own public key is read and ignored, and a new own key removes the peer that has it', () => {
    const daemon = new Daemon();
    const first = pair(9);
    daemon.send(`set=1\nprivate_key=${first.privateKey.revealHex()}\npublic_key=${first.publicKey.toHex()}\nallowed_ip=10.0.0.0/24\n\n`);
    expect(daemon.allowed).toEqual({});
    expect(daemon.send(`set=1\npublic_key=${first.publicKey.toHex()}\nallowed_ip=x\n\n`)).toBe('errno=-22\n\n');
    const own = pair(5);
    daemon.send(`set=1\npublic_key=${OTHER}\nallowed_ip=10.0.0.0/24\n\n`);
    daemon.send(`set=1\nprivate_key=${own.privateKey.revealHex()}\n\n`);
    expect(daemon.allowed).toEqual({});
  });

  test('a peer that comes out as it was is no change', () => {
    const daemon = new Daemon();
    const text = `set=1\nreplace_peers=true\npublic_key=${K}\npreshared_key=${PSK}\nendpoint=192.0.2.1:1\nallowed_ip=10.0.0.0/24\n\n`;
    daemon.send(text);
    const before = daemon.state.peers.get(id(K));
    const operation = parseUapiSet(text);
    applyUapiSet(daemon.state, operation as Extract<typeof operation, { device: unknown }>);
    expect(daemon.state.commit()).toEqual({ set: [], removed: [] });
    expect(daemon.state.peers.get(id(K))).toBe(before);
  });

  test('random operations keep every prefix with one owner, as a plain model does', () => {
    const step = fc.record({
      peer: fc.nat(3),
      prefix: fc.nat(5),
      does: fc.constantFrom('add', 'minus', 'replace', 'remove', 'update-only'),
    });
    const property = fc.property(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 6 }), (operations) => {
      const daemon = new Daemon();
      const model = new Map<string, Set<string>>();
      const peers = [K, OTHER, pair(6).publicKey.toHex(), pair(7).publicKey.toHex()];
      for (const steps of operations) {
        const lines = steps.map(({ peer, prefix, does }) => lineOf(model, peers[peer]!, `10.${prefix}.0.0/16`, does));
        expect(daemon.send(`set=1\n${lines.join('')}\n`)).toBe('errno=0\n\n');
        expect(daemon.allowed).toEqual(Object.fromEntries([...model].map(([hex, prefixes]) => [id(hex), [...prefixes]])));
      }
    });
    fc.assert(property, { seed: 4, numRuns: 150 });
  });
});

/** Does a step to the model, and says it in UAPI. */
function lineOf(model: Map<string, Set<string>>, hex: string, prefix: string, does: string): string {
  const known = model.has(hex);
  const own = model.get(hex) ?? new Set();
  if (does === 'update-only') return `public_key=${hex}\nupdate_only=true\n`;
  if (does === 'remove') {
    model.delete(hex);
    return `public_key=${hex}\nremove=true\n`;
  }
  if (!known) model.set(hex, own);
  if (does === 'minus') own.delete(prefix);
  if (does === 'replace') own.clear();
  if (does === 'replace') return `public_key=${hex}\nreplace_allowed_ips=true\n`;
  if (does === 'minus') return `public_key=${hex}\nallowed_ip=-${prefix}\n`;
  for (const other of model.values()) if (other !== own) other.delete(prefix);
  own.add(prefix);
  return `public_key=${hex}\nallowed_ip=${prefix}\n`;
}

const VALID = `set=1\nprivate_key=${SI}\nlisten_port=51820\nreplace_peers=true\npublic_key=${OTHER}\nendpoint=[2001:db8::1]:7\nallowed_ip=10.0.0.0/24\n\nget=1\n\n`;

describe('UAPI bytes from a stranger', () => {
  test('one byte at a time, and split at each boundary, give the same answers as whole (B2)', () => {
    const whole = new Daemon().send(VALID);
    const bytes = new TextEncoder().encode(VALID);
    const single = new Daemon();
    expect([...bytes].map((byte) => single.take(Uint8Array.of(byte))).join('')).toBe(whole);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const daemon = new Daemon();
      expect(daemon.take(bytes.subarray(0, cut)) + daemon.take(bytes.subarray(cut))).toBe(whole);
    }
  });

  test('no prefix and no changed byte of a valid text throws, and only known errno values come back (B1)', () => {
    const bytes = new TextEncoder().encode(VALID);
    for (let i = 0; i < bytes.length; i++) {
      expect(answersWell(bytes.subarray(0, i))).toBe(true);
      for (const flip of [0x01, 0x0a ^ bytes[i]!, 0x3d ^ bytes[i]!, 0x80, 0xff]) {
        const mutated = bytes.slice();
        mutated[i]! ^= flip;
        expect(answersWell(mutated)).toBe(true);
      }
    }
  });

  test('a quarter of a million empty lines in the middle of a text are refused at once (B1)', () => {
    expect(parseUapiSet(`set=1${'\n'.repeat(250_000)}x`)).toEqual({ errno: -22, line: 1 });
    expect(parseUapiSet(`set=1\nlisten_port=1${'\n'.repeat(250_000)}`)).toMatchObject({ device: { listenPort: 1 } });
  });

  test('random text of likely pieces never throws (B1)', () => {
    const piece = fc.constantFrom(
      'set=1\n',
      'get=1\n',
      '\n',
      '=',
      `public_key=${K}\n`,
      'allowed_ip=',
      '10.0.0.0/8',
      '-',
      '::/0',
      'remove=true\n',
      'endpoint=[::1]:1\n',
      '%',
      '\r',
      '\0',
      'é',
      'fwmark=0x1\n',
    );
    const property = fc.property(fc.array(piece), (pieces) => answersWell(new TextEncoder().encode(pieces.join(''))));
    fc.assert(property, { seed: 1, numRuns: 5_000 });
  });

  test('a line without an end is refused at its cap, whatever is still to come (B3)', () => {
    const daemon = new Daemon();
    const chunk = new Uint8Array(65_536).fill(0x61);
    expect(daemon.send('set=1\n')).toBe('');
    expect(daemon.take(chunk)).toBe('errno=-22\n\n');
    expect(daemon.closed).toBe(true);
    expect(daemon.take(chunk)).toBe('');
  });

  test('numbers at their edges (B3)', () => {
    const errnoOf = (line: string): string => new Daemon().send(`set=1\n${line}\n\n`);
    for (const value of ['0', '65535']) expect(errnoOf(`listen_port=${value}`)).toBe('errno=0\n\n');
    for (const value of ['-1', '65536', '4294967295', '1e3', '0x10', '', ' 1', '99999999999999999999'])
      expect(errnoOf(`listen_port=${value}`)).toBe('errno=-22\n\n');
    for (const value of ['0', '4294967295']) expect(errnoOf(`fwmark=${value}`)).toBe('errno=0\n\n');
  });

  test('after a failed operation its other lines are skipped, and the next operation is answered (B4)', () => {
    expect(new Daemon().send(`set=1\nbogus=1\nlisten_port=1\nnovalue\n\nget=1\n\n`)).toBe('errno=-22\n\nerrno=0\n\n');
  });

  test('130,560 allowed IPs are read, applied, moved and written within 2 s of work each', () => {
    const prefixes = Array.from({ length: 130_560 }, (_, i) =>
      i % 2 === 0 ? `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32` : `fd00:${(i >> 8).toString(16)}::${(i & 255).toString(16)}/128`,
    );
    const lines = prefixes.map((prefix) => `allowed_ip=${prefix}\n`).join('');
    const attempt = (): number => {
      const daemon = new Daemon();
      const took = (text: string): number => {
        const before = process.cpuUsage().user;
        expect(daemon.send(text)).toContain('errno=0\n\n');
        return (process.cpuUsage().user - before) / 1000;
      };
      const times = [took(`set=1\nreplace_peers=true\npublic_key=${K}\n${lines}\n`), took(`set=1\npublic_key=${OTHER}\n${lines}\n`)];
      expect(daemon.allowed[id(OTHER)]?.length).toBe(130_560);
      expect(daemon.allowed[id(K)]).toEqual([]);
      return Math.max(...times, took('get=1\n\n'));
    };
    // A machine that has other work to do may spoil an attempt.
    expect([1, 2, 3].some(() => attempt() < 2_000)).toBe(true);
  }, 30_000);

  test('no more than so many peers fit into one operation', () => {
    const text = Array.from({ length: 65_537 }, (_, i) => `public_key=${(i + 1).toString(16).padStart(64, '0')}\n`).join('');
    expect(new Daemon().send(`set=1\n${text}\n`)).toBe('errno=-55\n\n');
  });
});

/** True when the answers are whole and have errno values that wg knows. */
function answersWell(bytes: Uint8Array): boolean {
  return /^(([a-z_]+=[^\n]*\n)*errno=(0|-22|-71|-55)\n\n)*$/.test(new Daemon().take(bytes));
}
