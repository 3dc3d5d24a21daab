import { type ClientHttp2Session, connect } from 'node:http2';
import type { ProxyTarget } from '../../config/plan.js';

/** How long a session without requests is kept. */
const KEEP = 60_000;

/** Sessions of HTTP/2 without TLS to targets, one each. */
export class StreamBackends {
  readonly #sessions = new Map<string, ClientHttp2Session>();

  /** The session to a target, which may still be connecting; given up when it is not there within `dial` milliseconds. */
  session(target: ProxyTarget, dial: number): ClientHttp2Session {
    const known = this.#sessions.get(target.text);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(`http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`);
    this.#sessions.set(target.text, session);
    session.setTimeout(dial, () => session.destroy(new Error('the target did not answer in time')));
    session.once('connect', () => session.removeAllListeners('timeout').setTimeout(KEEP, () => session.close()));
    // Each request is told by its own stream.
    session.on('error', () => {});
    session.once('close', () => {
      if (this.#sessions.get(target.text) === session) this.#sessions.delete(target.text);
    });
    return session;
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
  }
}
