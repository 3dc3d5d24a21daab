import type { Bytes, Random } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import {
  DERP_FRAME,
  encodeDerpHealth,
  encodeDerpPeerGone,
  encodeDerpRestarting,
  encodeDerpServerInfo,
  encodeDerpServerKey,
} from '@heddle/wire';
import { describe, expect, test } from 'vitest';
import { ANSWER_WITHIN, ASK_AFTER, RelaySession, type SessionAction } from './relay-session.js';

const crypto = chooseCrypto();
const sequence = (from: number): Bytes => Uint8Array.from({ length: 32 }, (_, i) => from + i);
const node = crypto.x25519.load(sequence(160));
const server = crypto.x25519.load(sequence(192));
const shared = crypto.nacl.sharedKey(server, node.publicKey)!;
const payload = (frame: Bytes): Bytes => frame.subarray(5);
const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
/** 00 01 02 …, anew for each call. */
const counting: Random = { fill: (into) => into.set(into.map((_, i) => i)) };

class Relay {
  now = 1_000;
  readonly session: RelaySession;

  constructor(home = false) {
    this.session = new RelaySession({ key: node, nacl: crypto.nacl, random: counting, home }, this.now);
  }

  says(type: number, frame: Bytes): readonly SessionAction[] {
    this.session.heard(this.now);
    return this.session.handle(this.now, type, payload(frame));
  }

  info(json: string): readonly SessionAction[] {
    const nonce = sequence(24).slice(0, 24);
    return this.says(
      DERP_FRAME.serverInfo,
      encodeDerpServerInfo({ nonce, box: crypto.nacl.seal(shared, nonce, new TextEncoder().encode(json)) }),
    );
  }

  greet(json = '{"version":2}'): readonly SessionAction[] {
    this.says(DERP_FRAME.serverKey, encodeDerpServerKey(server.publicKey));
    return this.info(json);
  }

  pong(): readonly SessionAction[] {
    return this.says(DERP_FRAME.pong, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7));
  }
}

const written = (actions: readonly SessionAction[]): string[] => actions.flatMap((a) => (a.type === 'write' ? [hex(a.bytes)] : []));
const types = (actions: readonly SessionAction[]): string[] => actions.map(({ type }) => type);

describe('the session with a relay', () => {
  test('greets with the bytes that other implementations send', () => {
    const relay = new Relay();
    expect(written(relay.says(DERP_FRAME.serverKey, encodeDerpServerKey(server.publicKey)))).toEqual([
      '0200000068605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c' +
        '000102030405060708090a0b0c0d0e0f1011121314151617' +
        '3f2460f0966cdd1e4e3a3d30bb6340fc913eb4affe31a47f7b9a9f8f2b1644779c7d76288aba9d1bf3d92f3bd403f9ea',
    ]);
    expect(relay.session.isReady).toBe(false);
  });

  test('is ready when the server has proved its key; says at once whether this is home', () => {
    const home = new Relay(true);
    const actions = home.greet();
    expect(types(actions)).toEqual(['write', 'ready', 'write']);
    expect(written(actions)[0]).toBe('070000000101');
    expect(home.session.isReady).toBe(true);
    expect(types(new Relay().greet())).toEqual(['ready', 'write']);
  });

  test('D1: frames before the key, a key that is none, a greeting that cannot be read: it is over', () => {
    const early = new Relay();
    expect(types(early.says(DERP_FRAME.recvPacket, new Uint8Array(50)))).toEqual(['close']);
    expect(early.greet()).toEqual([]);
    expect(types(new Relay().says(DERP_FRAME.serverKey, new Uint8Array(45)))).toEqual(['close']);
    expect(types(new Relay().says(DERP_FRAME.serverKey, encodeDerpServerKey(new Uint8Array(32))))).toEqual(['close']);
    for (const json of ['{', 'null', '7', `{"version":2,"x":"${'x'.repeat(70_000)}"}`])
      expect(types(new Relay().greet(json))).toEqual(['close']);
  });

  test('a greeting under another key is none', () => {
    const relay = new Relay();
    relay.says(DERP_FRAME.serverKey, encodeDerpServerKey(node.publicKey));
    expect(types(relay.info('{"version":2}'))).toEqual(['close']);
  });

  test('the rate that the relay asks for is told; without a burst it is a second’s worth', () => {
    const ready = (json: string): SessionAction | undefined => new Relay().greet(json).find(({ type }) => type === 'ready');
    expect(ready('{"version":2,"TokenBucketBytesPerSecond":1000,"TokenBucketBytesBurst":50}')).toEqual({
      type: 'ready',
      rate: { bytesPerSecond: 1000, burst: 50 },
    });
    expect(ready('{"TokenBucketBytesPerSecond":1000}')).toMatchObject({ rate: { burst: 1000 } });
    expect(ready('{"TokenBucketBytesPerSecond":"x","__proto__":{"version":1}}')).toMatchObject({ rate: undefined });
  });

  test('a ping is answered with the same eight bytes, whatever follows them', () => {
    const relay = new Relay();
    relay.greet();
    expect(written(relay.says(DERP_FRAME.ping, Uint8Array.of(0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9)))).toEqual([
      '13000000080102030405060708',
    ]);
    expect(relay.says(DERP_FRAME.ping, new Uint8Array(8))).toEqual([]);
  });

  test('D4: a silent relay is asked after five seconds and given up four seconds later', () => {
    const relay = new Relay();
    relay.greet();
    relay.now += 20;
    expect(relay.pong()).toEqual([{ type: 'latency', milliseconds: 20 }]);
    const askAt = relay.session.nextDeadline();
    expect(askAt).toBe(relay.now + ASK_AFTER);
    expect(types(relay.session.tick(askAt - 1))).toEqual([]);
    expect(types(relay.session.tick(askAt))).toEqual(['write']);
    expect(relay.session.nextDeadline()).toBe(askAt + ANSWER_WITHIN);
    expect(relay.session.tick(askAt + ANSWER_WITHIN)).toEqual([{ type: 'close', why: 'silence' }]);
    expect(ASK_AFTER + ANSWER_WITHIN).toBeLessThanOrEqual(10_000);
  });

  test('anything that comes keeps the connection, also when pings are not answered', () => {
    const relay = new Relay();
    relay.greet();
    for (let i = 0; i < 1_000; i++) {
      relay.now += 1_000;
      relay.says(DERP_FRAME.keepAlive, new Uint8Array(5));
      expect(types(relay.session.tick(relay.now))).not.toContain('close');
    }
  });

  test('after a clock that jumped an hour the relay is asked first, and not given up at once', () => {
    const relay = new Relay();
    relay.greet();
    relay.pong();
    expect(types(relay.session.tick(relay.now + 3_600_000))).toEqual(['write']);
  });

  test('D5: what the relay says of its health, of a restart and of peers is passed on; unknown frames are not', () => {
    const relay = new Relay();
    relay.greet();
    expect(relay.says(DERP_FRAME.health, encodeDerpHealth('duplicate'))).toEqual([{ type: 'health', text: 'duplicate' }]);
    const restarting = encodeDerpRestarting({ reconnectIn: 5, tryFor: 9 });
    expect(relay.says(DERP_FRAME.restarting, restarting)).toEqual([{ type: 'restarting', reconnectIn: 5, tryFor: 9 }]);
    const gone = { key: server.publicKey, reason: 1 };
    expect(relay.says(DERP_FRAME.peerGone, encodeDerpPeerGone(gone))).toEqual([{ type: 'peer-gone', ...gone }]);
    expect(relay.says(0x77, new Uint8Array(9))).toEqual([]);
    expect(relay.greet()).toEqual([]);
  });

  test('a change of home is told once, and only to a relay that has greeted us', () => {
    const relay = new Relay();
    expect(relay.session.prefer(true)).toEqual([]);
    expect(written(relay.greet())[0]).toBe('070000000101');
    expect(relay.session.prefer(true)).toEqual([]);
    expect(written(relay.session.prefer(false))).toEqual(['070000000100']);
  });
});
