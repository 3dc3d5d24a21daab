import type { Clock } from '@heddle/core';
import { ControlFault, faultOf } from '../dial/fault.js';
import type { ServerKeyPin } from './server-key.js';
import { rejection, within } from './time.js';
import type { ControlAnswer, ControlConnection, ControlRequest, ControlStream, ControlTransport } from './transport.js';

/** For everything from the name to the handshake. */
const DIAL_WITHIN = 10_000;
/** For a request that the server answers at once. */
const ANSWER_WITHIN = 30_000;
const PING_WITHIN = 15_000;
/** A connection that ended sooner is not worth an immediate second try: who ends each one at once must not be dialled without pause. */
const OLD_AFTER = 10_000;

/** The one connection to a control server: made when it is needed, made anew when it has ended, shared by all requests. */
export class ControlLink {
  readonly #transport: ControlTransport;
  readonly #pin: ServerKeyPin;
  readonly #clock: Clock;
  readonly #life = new AbortController();
  /** Connections that were made. */
  made = 0;
  #connection: ControlConnection | undefined;
  #dialledAt = Number.NEGATIVE_INFINITY;
  #dialling: Promise<ControlConnection> | undefined;

  constructor(transport: ControlTransport, pin: ServerKeyPin, clock: Clock) {
    this.#transport = transport;
    this.#pin = pin;
    this.#clock = clock;
  }

  /** One answer. A request that certainly did not reach the server goes out once more, over a new connection; the caller repeats others. */
  request(request: ControlRequest, signal: AbortSignal, milliseconds: number = ANSWER_WITHIN): Promise<ControlAnswer> {
    const says = 'the control server does not answer';
    return within({ clock: this.#clock, milliseconds, signal, says }, (inner) =>
      this.#again((connection) => connection.request(request, inner), inner),
    );
  }

  stream(request: ControlRequest, signal: AbortSignal): Promise<ControlStream> {
    return this.#again((connection) => connection.stream(request, signal), signal);
  }

  /** Outside of the channel, to the control server's own host. */
  outside(method: 'head' | 'post', url: string, body: string | undefined, signal: AbortSignal): Promise<number> {
    const says = 'the control server does not answer outside of the channel';
    return within({ clock: this.#clock, milliseconds: PING_WITHIN, signal, says }, (inner) =>
      method === 'head' ? this.#transport.head(url, inner) : this.#transport.post(url, body ?? '', inner),
    );
  }

  /** The next request dials anew. */
  drop(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  close(): void {
    this.#life.abort(new ControlFault('HEDDLE_TS2021_BROKEN', 'the control was closed'));
    this.drop();
  }

  async #again<T>(run: (connection: ControlConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await run(await this.#connected(signal));
    } catch (thrown) {
      const young = this.#clock.now() - this.#dialledAt < OLD_AFTER;
      if (signal.aborted || young || faultOf(thrown).details.unsent !== true) throw thrown;
      return run(await this.#connected(signal));
    }
  }

  #connected(signal: AbortSignal): Promise<ControlConnection> {
    if (this.#connection?.ended.aborted === false) return Promise.resolve(this.#connection);
    this.#dialling ??= this.#dial().finally(() => {
      this.#dialling = undefined;
    });
    return Promise.race([this.#dialling, rejection(signal)]);
  }

  async #dial(): Promise<ControlConnection> {
    const says = 'the control server does not answer within ten seconds';
    const connection = await within({ clock: this.#clock, milliseconds: DIAL_WITHIN, signal: this.#life.signal, says }, (signal) =>
      this.#meet(signal),
    );
    this.#connection = connection;
    this.made += 1;
    this.#dialledAt = this.#clock.now();
    return connection;
  }

  async #meet(signal: AbortSignal): Promise<ControlConnection> {
    const pinned = this.#pin.pinned;
    if (pinned === undefined) {
      const shown = await this.#transport.fetchKey(signal);
      const connection = await this.#transport.connect(shown, signal);
      await this.#pin.pin(shown);
      return connection;
    }
    try {
      return await this.#transport.connect(pinned, signal);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (signal.aborted || !mayBeOtherKey(fault)) throw fault;
      return this.#secondLook(pinned, fault, signal);
    }
  }

  /** Some servers load their key when they are asked for it, so a handshake that failed is worth a second try. */
  async #secondLook(pinned: NonNullable<ServerKeyPin['pinned']>, fault: ControlFault, signal: AbortSignal): Promise<ControlConnection> {
    const shown = await this.#transport.fetchKey(signal).catch(() => undefined);
    if (shown === undefined) throw fault;
    if (shown.equals(pinned) && fault.code === 'HEDDLE_TS2021_HANDSHAKE') return this.#transport.connect(pinned, signal);
    if (shown.equals(pinned)) throw fault;
    const text = `the control server shows the key ${shown}, before it was ${pinned}: nothing is sent to it without consent`;
    throw new ControlFault('HEDDLE_TS2021_SERVER_KEY', text, { shownKey: shown.toString() });
  }
}

/** A server cannot read what is sealed for another key: it fails in the handshake, or refuses to begin one. */
function mayBeOtherKey({ code, details }: ControlFault): boolean {
  return code === 'HEDDLE_TS2021_HANDSHAKE' || (code === 'HEDDLE_TS2021_REFUSED' && details.status === 400);
}
