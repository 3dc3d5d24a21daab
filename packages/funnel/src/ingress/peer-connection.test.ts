import type { Flow, FlowEvents } from '@heddle/core';
import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import type { Verdict } from './ingress-rules.js';
import { PeerConnection } from './peer-connection.js';

const VISITOR: Verdict = { is: 'visitor', from: { address: '203.0.113.9', port: 5 }, target: { host: 'web', port: 443 } };
const HEAD = 'POST /v0/ingress HTTP/1.1\r\nHost: peer\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';

/** One end of a connection, in the hands of a test. */
class ScriptedFlow implements Flow {
  readonly local = { address: '100.64.0.1', port: 1 };
  readonly remote = { address: '100.64.0.2', port: 2 };
  readonly ends: string[] = [];
  said = '';
  #waiting: number[] = [];
  #finished = false;
  #events: FlowEvents = {};

  hear(text: string): void {
    this.#waiting.push(...Array.from(text, (letter) => letter.charCodeAt(0)));
    this.#events.readable?.();
  }
  finish(): void {
    this.#finished = true;
    this.#events.readable?.();
  }
  on(events: FlowEvents): void {
    this.#events = events;
  }
  read(into: Uint8Array): number {
    const bytes = this.#waiting.splice(0, into.length);
    into.set(bytes);
    return bytes.length === 0 && this.#finished ? -1 : bytes.length;
  }
  write(bytes: Uint8Array): number {
    this.said += new TextDecoder().decode(bytes);
    return bytes.length;
  }
  shutdown(): void {
    this.ends.push('shutdown');
  }
  close(): void {
    this.ends.push('close');
  }
  reset(): void {
    this.ends.push('reset');
  }
}

function connected(verdict: Verdict = VISITOR) {
  const [flow, clock, done] = [new ScriptedFlow(), new VirtualClock(), [] as (Verdict | undefined)[]];
  const connection = new PeerConnection(flow, { clock, patience: 10_000, judge: () => verdict, done: (it) => void done.push(it) });
  return { flow, clock, done, connection };
}

test('a visitor is let in with a status line and nothing else, and what he sends afterwards is left in the flow', () => {
  const { flow, done } = connected();
  for (const letter of HEAD) flow.hear(letter);
  expect(flow.said).toBe(SWITCHING);
  expect(done).toEqual([VISITOR]);
  flow.hear('\x16\x03');
  expect([flow.read(new Uint8Array(9)), flow.ends]).toEqual([2, []]);
});

test('an answer ends the connection, and says so; to HEAD it has no body', () => {
  const refusal: Verdict = { is: 'answer', status: 403, text: 'denied' };
  const { flow, done } = connected(refusal);
  flow.hear(HEAD);
  expect(flow.said).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n(?:.*\r\n)*Content-Length: 7\r\nConnection: close\r\n\r\ndenied\n$/);
  expect([flow.ends, done]).toEqual([['close'], [refusal]]);
  const head = connected(refusal);
  head.flow.hear(HEAD.replace('POST', 'HEAD'));
  expect(head.flow.said).toMatch(/Content-Length: 7\r\nConnection: close\r\n\r\n$/);
});

test('bytes that come before the answer are not lost in silence: the request is refused', () => {
  const { flow } = connected();
  flow.hear(`${HEAD}early`);
  expect(flow.said).toMatch(/^HTTP\/1\.1 400 .*bytes before the answer\n$/s);
  expect(flow.ends).toEqual(['close']);
});

test('what is no request, or too large a one, is answered', () => {
  for (const [text, status] of [
    ['\x16\x03\x01 no HTTP\r\n\r\n', 400],
    ['G'.repeat(10_000), 431],
  ] as const) {
    const { flow } = connected();
    flow.hear(text);
    expect(flow.said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});

test('F2: who does not end his request in time is answered and cut off', () => {
  const { flow, clock, done } = connected();
  flow.hear('POST /v0/ingress');
  clock.advance(9_999);
  expect(flow.said).toBe('');
  clock.advance(1);
  expect(flow.said).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
  expect([flow.ends, done]).toEqual([['close'], [{ is: 'answer', status: 408, text: 'no request in time' }]]);
  expect(clock.pending).toBe(0);
});

test('who goes away before his request has an end is forgotten, and so is one that is cut off', () => {
  const { flow, done, clock } = connected();
  flow.hear('POST');
  flow.finish();
  const aborted = connected();
  aborted.connection.abort();
  aborted.connection.abort();
  expect([flow.ends, done, aborted.flow.ends, aborted.done]).toEqual([['reset'], [undefined], ['reset'], [undefined]]);
  expect(clock.pending).toBe(0);
});
