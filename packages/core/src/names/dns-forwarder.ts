import type { Bytes } from '../contracts/packets.js';
import type { Clock, Random } from '../contracts/surroundings.js';
import type { UdpSocket, Underlay } from '../contracts/underlay.js';
import { answersQuery, DNS_CODE, type DnsQuery, isTruncated, responseCode } from './dns-message.js';
import type { NameServer, PlainServer, WebServer } from './resolver-choice.js';

/** Queries that are asked elsewhere at a time; more are refused. */
const IN_FLIGHT = 256;
const TIMEOUT = 10_000;
/** A server that is silent over UDP for so long is asked over TCP as well: the datagram was lost, or none get there. */
const SILENT_FOR = 2_000;
const TCP_TIMEOUT = 5_000;
/** What other servers are told that we take over UDP. */
const LONGEST_ANSWER = 4095;

export interface DnsForwarderOptions {
  /** What there is of the machine's network. */
  readonly underlay: () => Underlay;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is asked for whom, and until when. */
interface Question {
  readonly message: Bytes;
  readonly query: DnsQuery;
  readonly done: AbortSignal;
}

/** Asks other name servers: over UDP, over TCP where the answer does not fit or none comes, over HTTPS where control says so. Each question goes out under an id and from a port of its own, so that nobody can answer who did not see it. */
export class DnsForwarder {
  readonly #options: DnsForwarderOptions;
  /** Ends each question that is open. */
  readonly #open = new Set<() => void>();
  #closed = false;
  #inFlight = 0;

  constructor(options: DnsForwarderOptions) {
    this.#options = options;
  }

  /** The first good answer of the servers, with the client's id; a refusal only when all refuse; undefined: nobody knows. */
  async ask(message: Bytes, query: DnsQuery, servers: readonly NameServer[]): Promise<Bytes | undefined> {
    if (servers.length === 0 || this.#inFlight >= IN_FLIGHT) return undefined;
    this.#inFlight += 1;
    const done = new AbortController();
    const question = { message, query, done: done.signal };
    try {
      return await this.#race(servers.map((server) => this.#exchange(server, question)));
    } finally {
      this.#inFlight -= 1;
      done.abort();
    }
  }

  close(): void {
    this.#closed = true;
    for (const stop of [...this.#open]) stop();
  }

  #race(answers: readonly Promise<Bytes | undefined>[]): Promise<Bytes | undefined> {
    return new Promise((resolve) => {
      let waiting = answers.length;
      let refusal: Bytes | undefined;
      const take = (answer: Bytes | undefined): void => {
        waiting -= 1;
        if (answer !== undefined && isGood(answer)) resolve(answer);
        refusal ??= answer;
        if (waiting === 0) resolve(refusal);
      };
      for (const answer of answers) answer.then(take, () => take(undefined));
    });
  }

  async #exchange(server: NameServer, question: Question): Promise<Bytes | undefined> {
    if ('url' in server) return this.#overHttps(server, question);
    const udp = this.#overUdp(server, question).catch(() => undefined);
    const early = await this.#early(udp);
    if (early !== undefined && !isTruncated(early)) return early;
    const whole = udp.then((answer) => (answer !== undefined && isTruncated(answer) ? undefined : answer));
    return (await this.#race([whole, this.#overTcp(server, question)])) ?? udp;
  }

  /** What comes over UDP before it has been silent for too long. */
  #early(udp: Promise<Bytes | undefined>): Promise<Bytes | undefined> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.at(clock.now() + SILENT_FOR, () => resolve(undefined));
      void udp.then((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  /** The id is 0, so that all who ask the same may get the same. */
  async #overHttps(server: WebServer, { message, query, done }: Question): Promise<Bytes | undefined> {
    const { names } = this.#options.underlay();
    return (
      names && this.#bounded({ done, within: TIMEOUT }, 0, { message, query }, (question, signal) => names.https(question, server, signal))
    );
  }

  async #overTcp(server: PlainServer, { message, query, done }: Question): Promise<Bytes | undefined> {
    const { names } = this.#options.underlay();
    return (
      names &&
      this.#bounded({ done, within: TCP_TIMEOUT }, this.#id(), { message, query }, (question, signal) =>
        names.stream(question, server, signal),
      )
    );
  }

  /** What the transport gives within its time, when it answers the question. */
  async #bounded(
    { done, within }: { readonly done: AbortSignal; readonly within: number },
    id: number,
    { message, query }: Pick<Question, 'message' | 'query'>,
    ask: (question: Bytes, signal: AbortSignal) => Promise<Bytes | undefined>,
  ): Promise<Bytes | undefined> {
    const { clock } = this.#options;
    const limit = new AbortController();
    const stop = (): void => limit.abort();
    const cancel = clock.at(clock.now() + within, stop);
    this.#open.add(stop);
    done.addEventListener('abort', stop, { once: true });
    try {
      if (done.aborted || this.#closed) return undefined;
      const answer = await ask(withId(message, id), limit.signal);
      return answer !== undefined && answersQuery(answer, { ...query, id }) ? withId(answer, query.id) : undefined;
    } finally {
      cancel();
      this.#open.delete(stop);
    }
  }

  async #overUdp(server: PlainServer, { message, query, done }: Question): Promise<Bytes | undefined> {
    const { udp: sockets } = this.#options.underlay();
    if (sockets === undefined) return undefined;
    const asked = { ...query, id: this.#id() };
    const heard = new Heard();
    const socket = await sockets.open({
      family: server.address.includes(':') ? 6 : 4,
      port: 0,
      message: (bytes, address, port) => {
        if (address === server.address && port === server.port && answersQuery(bytes, asked)) heard.settle(withId(bytes, query.id));
      },
      fault: (_code, fatal) => fatal && heard.settle(undefined),
    });
    return this.#await(socket, server, outgoing(message, query, asked.id), heard, done);
  }

  async #await(socket: UdpSocket, server: PlainServer, question: Bytes, heard: Heard, done: AbortSignal): Promise<Bytes | undefined> {
    const { clock } = this.#options;
    const stop = (): void => heard.settle(undefined);
    const cancel = clock.at(clock.now() + TIMEOUT, stop);
    this.#open.add(stop);
    done.addEventListener('abort', stop, { once: true });
    try {
      if (done.aborted || this.#closed) stop();
      else socket.send(question, 0, question.length, server.port, server.address);
      return await heard.promise;
    } finally {
      cancel();
      this.#open.delete(stop);
      await socket.close();
    }
  }

  #id(): number {
    const bytes = new Uint8Array(2);
    this.#options.random.fill(bytes);
    return (bytes[0]! << 8) | bytes[1]!;
  }
}

/** What a server said, once; undefined: nothing. */
class Heard {
  readonly promise: Promise<Bytes | undefined>;
  settle: (answer: Bytes | undefined) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
}

function isGood(answer: Bytes): boolean {
  const code = responseCode(answer);
  return code !== DNS_CODE.FAILURE && code !== DNS_CODE.REFUSED;
}

function withId(message: Bytes, id: number): Bytes {
  const out = message.slice();
  out.set([id >> 8, id & 0xff]);
  return out;
}

/** The question under another id; a client's larger wish for the answer's length is cut to ours. */
function outgoing(message: Bytes, { length, size }: DnsQuery, id: number): Bytes {
  const out = withId(message, id);
  if (size > LONGEST_ANSWER) out.set([LONGEST_ANSWER >> 8, LONGEST_ANSWER & 0xff], length + 3);
  return out;
}
