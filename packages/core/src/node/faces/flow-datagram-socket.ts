import { Buffer } from 'node:buffer';
import type { RemoteInfo } from 'node:dgram';
import { type AddressInfo, isIP } from 'node:net';
import { nextTick } from 'node:process';
import type { Address, FlowLayer, UdpPort } from '../../contracts/flows.js';
import { addressInfo, familyOf } from './address-info.js';
import { checkNumber, checkSignal, checkString } from './argument-checks.js';
import { type BindArguments, bindArguments, type DatagramConnectArguments, datagramConnectArguments } from './datagram-arguments.js';
import { DatagramSettings } from './datagram-settings.js';
import { type EventLoopHold, Pin } from './event-loop-hold.js';
import { type LookupFunction, resolveBy } from './lookup.js';
import { type Message, type SendArguments, type SendCallback, type Sending, sendArguments } from './send-arguments.js';
import { asSystemError, misuse, systemError } from './socket-errors.js';

export interface DatagramGround {
  readonly flows: Pick<FlowLayer, 'bindUdp'>;
  readonly lookup: LookupFunction;
  readonly hold: EventLoopHold;
}

/** As dgram.createSocket takes them. */
export interface DatagramOptions {
  /** Default `udp4`. */
  readonly type?: 'udp4' | 'udp6' | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** Closes the socket. */
  readonly signal?: AbortSignal | undefined;
}

/** Payload of the largest datagram: 65,535 less the headers of IPv4 and UDP, or of UDP. */
const LARGEST = { udp4: 65_507, udp6: 65_527 } as const;
const LOOPBACK = { udp4: '127.0.0.1', udp6: '::1' } as const;
const ANY = { udp4: '0.0.0.0', udp6: '::' } as const;
/** Datagrams that wait for the port to open. */
const MOST_WAITING = 1_000;

type State = 'unbound' | 'binding' | 'bound' | 'closed';

/** Datagrams over the node's Stack; passes for a dgram.Socket. */
export class FlowDatagramSocket extends DatagramSettings {
  readonly type: 'udp4' | 'udp6';
  readonly #ground: DatagramGround;
  readonly #lookup: LookupFunction;
  readonly #pin: Pin;
  #state: State = 'unbound';
  #port: UdpPort | undefined;
  #remote: Address | 'connecting' | undefined;
  #afterBind: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(ground: DatagramGround, options: DatagramOptions = {}, onMessage?: (message: Buffer, from: RemoteInfo) => void) {
    super();
    checkSignal('options.signal', options.signal);
    this.type = checkedType(options.type ?? 'udp4');
    this.#ground = ground;
    this.#lookup = options.lookup ?? ground.lookup;
    this.#pin = new Pin(ground.hold, () => this.#closeNow());
    if (typeof onMessage === 'function') this.on('message', onMessage);
    this.#closeOn(options.signal);
  }

  /** Opens the port; `listening` follows, or `error`. */
  bind(...given: BindArguments): this {
    this.#healthy();
    if (this.#state !== 'unbound') throw misuse('ERR_SOCKET_ALREADY_BOUND', 'Socket is already bound');
    const { port, address, listening } = bindArguments(given);
    if (listening !== undefined) this.#whenBound(listening);
    this.#state = 'binding';
    this.#pin.open();
    void this.#open(port, address);
    return this;
  }

  /** From now on datagrams go to and come from there only. */
  connect(...given: DatagramConnectArguments): void {
    this.#healthy();
    const { port, address, connected } = datagramConnectArguments(given);
    if (this.#remote !== undefined) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected');
    if (connected) this.once('connect', connected);
    this.#remote = 'connecting';
    this.#afterBind = () => void this.#connectTo(port, address, connected);
    if (this.#state === 'unbound') this.bind(0);
    if (this.#state !== 'bound') return;
    this.#afterBind();
    this.#afterBind = undefined;
  }

  disconnect(): void {
    this.#connectedTo();
    this.#remote = undefined;
  }

  /** As dgram.Socket.send, in all its forms. The bytes are copied before this returns or when the name is known. */
  send(...given: SendArguments): void {
    const sending = sendArguments(given, typeof this.#remote === 'object');
    this.#healthy();
    if (this.#state === 'unbound') this.bind(0);
    if (this.#ready) return this.#sendTo(sending);
    const kept = { ...sending, bytes: Buffer.from(sending.bytes) };
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(() => this.#sendTo(kept));
    else this.#sent(kept, systemError({ syscall: 'send', code: 'ENOBUFS' }));
  }

  /** The old name of send, with everything said. */
  sendto(message: Message, offset: number, length: number, port: number, address: string, callback?: SendCallback): void {
    checkNumber('offset', offset);
    checkNumber('length', length);
    checkNumber('port', port);
    checkString('address', address);
    this.send(message, offset, length, port, address, callback);
  }

  /** What waits for the port is sent before it goes. */
  close(callback?: () => void): this {
    if (typeof callback === 'function') this.once('close', callback);
    this.#healthy();
    if (this.#state === 'binding' && (this.#waiting.length > 0 || this.#afterBind !== undefined))
      this.#waiting.push(() => this.#closeNow());
    else this.#closeNow();
    return this;
  }

  /** Where it is bound. */
  address(): AddressInfo {
    this.#healthy();
    if (this.#port === undefined) throw systemError({ syscall: 'getsockname', code: 'EBADF' });
    return addressInfo(this.#port.at);
  }

  /** Where it is connected to. */
  remoteAddress(): AddressInfo {
    this.#healthy();
    return addressInfo(this.#connectedTo());
  }

  ref(): this {
    this.#pin.want(true);
    return this;
  }

  unref(): this {
    this.#pin.want(false);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'closed') return;
    await new Promise<void>((resolve) => this.close(resolve));
  }

  #closeNow(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#waiting = [];
    this.#pin.close();
    void this.#port?.close();
    nextTick(() => this.emit('close'));
  }

  async #open(port: number, host: string | undefined): Promise<void> {
    const address = host ?? ANY[this.type];
    try {
      const at = { address: isIP(address) > 0 ? address : await this.#find(address), port };
      const opened = await this.#ground.flows.bindUdp!(at, (datagram, from) => this.#received(datagram, from));
      if (this.#state !== 'binding') return void opened.close();
      this.#port = opened;
      opened.on?.({
        closed: (error) => nextTick(() => this.#lost(asSystemError(error, { syscall: 'bind', address, port }, 'EADDRNOTAVAIL'))),
        error: (reason, to) => this.#undelivered(reason, to),
      });
      nextTick(() => this.#bound());
    } catch (thrown) {
      nextTick(() => this.#failedToBind(asSystemError(thrown, { syscall: 'bind', address, port }, 'EADDRNOTAVAIL')));
    }
  }

  #bound(): void {
    if (this.#state !== 'binding') return;
    this.#state = 'bound';
    this.emit('listening');
    this.#afterBind?.();
    this.#afterBind = undefined;
    this.#drain();
  }

  /** As the kernel does, it tells a connected socket only. */
  #undelivered(reason: 'refused' | 'unreachable', to: Address): void {
    const remote = this.#remote;
    if (typeof remote !== 'object' || remote.address !== to.address || remote.port !== to.port) return;
    const code = reason === 'refused' ? 'ECONNREFUSED' : 'EHOSTUNREACH';
    nextTick(() => this.#state === 'bound' && this.emit('error', systemError({ syscall: 'recvmsg', code })));
  }

  /** A bind that fails forgets who wanted to hear of it. */
  #whenBound(listening: () => void): void {
    const forget = (): void => {
      this.off('error', forget).off('listening', told);
    };
    const told = (): void => {
      forget();
      listening.call(this);
    };
    this.on('error', forget).on('listening', told);
  }

  /** A Stack that took the place of another could not open the port. */
  #lost(error: Error): void {
    if (this.#state === 'closed') return;
    this.#closeNow();
    this.emit('error', error);
  }

  #failedToBind(error: Error): void {
    if (this.#state !== 'binding') return;
    this.#state = 'unbound';
    this.#waiting = [];
    this.#afterBind = undefined;
    this.#remote = undefined;
    this.#pin.close();
    this.emit('error', error);
  }

  get #ready(): boolean {
    return this.#state === 'bound' && this.#remote !== 'connecting';
  }

  #drain(): void {
    if (this.#ready) for (const run of this.#waiting.splice(0)) run();
  }

  async #connectTo(port: number, host: string | undefined, connected: ((error?: Error) => void) | undefined): Promise<void> {
    try {
      const address = await this.#resolve(host);
      if (this.#state === 'closed') return;
      this.#remote = { address, port };
      nextTick(() => this.#state === 'bound' && this.emit('connect'));
    } catch (error) {
      this.#remote = undefined;
      nextTick(() => this.#failedToConnect(error as Error, connected));
    }
    this.#drain();
  }

  #failedToConnect(error: Error, connected: ((error?: Error) => void) | undefined): void {
    if (connected === undefined) return void this.emit('error', error);
    this.off('connect', connected);
    connected(error);
  }

  /** Without a name to look up it is sent before send returns. */
  #sendTo(sending: Sending): void {
    const { port, address = LOOPBACK[this.type] } = sending;
    if (typeof this.#remote === 'object') return this.#give(sending, this.#remote);
    if (port === undefined) return this.#sent(sending, misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected'));
    if (isIP(address) > 0) return this.#give(sending, { address, port });
    const later = { ...sending, bytes: Buffer.from(sending.bytes) };
    this.#find(address).then(
      (found) => this.#state === 'bound' && this.#give(later, { address: found, port }),
      (error: Error) => this.#sent(later, error, true),
    );
  }

  #give(sending: Sending, to: Address): void {
    const { address, port } = to;
    if (sending.bytes.length > LARGEST[this.type])
      return this.#sent(sending, systemError({ syscall: 'send', code: 'EMSGSIZE', address, port }), true);
    if (this.#port?.send(sending.bytes, to) === true) return this.#sent(sending, null);
    this.#sent(sending, systemError({ syscall: 'send', code: 'ENOBUFS', address, port }));
  }

  /** A datagram that the Stack did not take is lost like any other: only who asks is told. Mistakes are told always. */
  #sent({ callback, bytes }: Sending, error: Error | null, always = false): void {
    if (callback !== undefined) nextTick(callback, error, error === null ? bytes.length : undefined);
    else if (error !== null && always) nextTick(() => this.emit('error', error));
  }

  /** The bytes are lent, and the application runs in a tick of its own. */
  #received(datagram: Uint8Array, from: Address): void {
    const remote = this.#remote;
    // A Stack may bind both families at once; a socket of type udp4 speaks one.
    if (this.type === 'udp4' && isIP(from.address) === 6) return;
    if (typeof remote === 'object' && (remote.address !== from.address || remote.port !== from.port)) return;
    const message = Buffer.from(datagram);
    const info: RemoteInfo = { address: from.address, family: familyOf(from.address), port: from.port, size: message.length };
    nextTick(() => this.#state === 'bound' && this.emit('message', message, info));
  }

  async #resolve(host: string | undefined): Promise<string> {
    const address = host ?? LOOPBACK[this.type];
    return isIP(address) > 0 ? address : this.#find(address);
  }

  async #find(host: string): Promise<string> {
    const found = await resolveBy(this.#lookup, host, { family: this.type === 'udp6' ? 6 : 4 });
    return found[0]!.address;
  }

  #connectedTo(): Address {
    if (typeof this.#remote === 'object') return this.#remote;
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected');
  }

  #healthy(): void {
    if (this.#state === 'closed') throw notRunning();
  }

  #closeOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const close = (): void => void (this.#state === 'closed' || this.close());
    if (signal.aborted) return nextTick(close);
    signal.addEventListener('abort', close, { once: true });
    this.once('close', () => signal.removeEventListener('abort', close));
  }
}

function notRunning(): Error {
  return misuse('ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running');
}

function checkedType(type: 'udp4' | 'udp6'): 'udp4' | 'udp6' {
  if (type === 'udp4' || type === 'udp6') return type;
  throw misuse('ERR_SOCKET_BAD_TYPE', 'Bad socket type specified. Valid types are: udp4, udp6', TypeError as ErrorConstructor);
}
