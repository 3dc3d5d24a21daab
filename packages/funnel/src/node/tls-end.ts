import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Clock, Logger } from '@heddle/core';
import type { Certificate, CertificateSource } from '../certificate-source.js';
import type { ServeLimits } from '../limits/serve-limits.js';
import { fatalAlert } from '../tls/alerts.js';
import { type ClientHello, readClientHello } from '../tls/client-hello.js';
import { deadline } from './deadline.js';
import { peek } from './peek.js';
import { cut, lastWord, type VisitorSocket } from './visitor-socket.js';

export interface TlsGround {
  readonly certificates: CertificateSource | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ServeLimits;
}

/** RFC 8737: the protocol by which a CA asks whether this node has the name. */
const ACME_PROTOCOL = 'acme-tls/1';

/** What http.Server of Go answers, so that people know it. */
const NOT_HTTPS =
  'HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** The node's end of TLS: reads whom a visitor wants, and makes the handshake with the certificate of that name. 1.2 and 1.3 only. */
export class TlsEnd {
  readonly #ground: TlsGround;
  readonly #contexts = new WeakMap<Certificate, SecureContext>();

  constructor(ground: TlsGround) {
    this.#ground = ground;
  }

  /** The visitor's first message, left unread. Who sends something else has been answered, who sends nothing cut off: undefined. */
  async hello(socket: VisitorSocket): Promise<ClientHello | undefined> {
    const time = deadline(this.#ground.clock, this.#ground.limits.handshake);
    const read = await peek(socket, (bytes) => judged(bytes), time.signal);
    time.done();
    if (read === undefined) cut(socket);
    else if (read instanceof Uint8Array || typeof read === 'string') lastWord(socket, read);
    else return read;
    return undefined;
  }

  /** TLS with the certificate of `name`; undefined: there is none, or the handshake failed, and the visitor has been told. */
  async secure(
    socket: VisitorSocket,
    hello: ClientHello,
    name: string | undefined,
    protocols: readonly string[],
  ): Promise<TLSSocket | undefined> {
    if (name === undefined) return refuse(socket, 'unrecognized_name');
    const challenge = hello.protocols.includes(ACME_PROTOCOL) ? this.#ground.certificates?.challenge?.(name) : undefined;
    if (challenge !== undefined) return this.#answerChallenge(socket, challenge);
    const certificate = await this.#certificate(name);
    if (certificate === undefined) return refuse(socket, 'unrecognized_name');
    if (certificate === 'failed') return refuse(socket, 'internal_error');
    return this.#handshake(socket, certificate, protocols);
  }

  async #answerChallenge(socket: VisitorSocket, challenge: Certificate): Promise<undefined> {
    const secured = await this.#handshake(socket, challenge, [ACME_PROTOCOL]);
    secured?.end();
    return undefined;
  }

  async #certificate(name: string): Promise<Certificate | 'failed' | undefined> {
    const time = deadline(this.#ground.clock, this.#ground.limits.certificate);
    try {
      const late = new Promise<never>((_, reject) =>
        time.signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true }),
      );
      const asked = this.#ground.certificates?.for(name, { signal: time.signal });
      return await Promise.race([asked, late]);
    } catch (error) {
      this.#ground.logger.warn({ name, error: String(error) }, 'the certificate of a served name could not be had');
      return 'failed';
    } finally {
      time.done();
    }
  }

  #handshake(socket: VisitorSocket, certificate: Certificate, protocols: readonly string[]): Promise<TLSSocket | undefined> {
    const time = deadline(this.#ground.clock, this.#ground.limits.handshake);
    const secured = new TLSSocket(socket as ConstructorParameters<typeof TLSSocket>[0], {
      isServer: true,
      secureContext: this.#context(certificate),
      ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    });
    return new Promise((resolve) => {
      const finish = (answer: TLSSocket | undefined): void => {
        time.done();
        resolve(answer);
      };
      time.signal.addEventListener('abort', () => cut(socket), { once: true });
      secured.once('secure', () => finish(established(secured))).on('error', () => finish(undefined));
      secured.once('close', () => finish(undefined));
    });
  }

  #context(certificate: Certificate): SecureContext {
    const known = this.#contexts.get(certificate);
    if (known !== undefined) return known;
    const { certificate: cert, key } = certificate;
    // Node bounds handshakes anew for sockets of its own tls.Server only.
    const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
    const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2', secureOptions });
    this.#contexts.set(certificate, context);
    return context;
  }
}

/** Node sets this for sockets of its own tls.Server only, and HTTP/2 waits for it. */
function established(secured: TLSSocket): TLSSocket {
  return Object.assign(secured, { secureConnecting: false });
}

/** The hello, or the answer to what is none; undefined: go on reading. */
function judged(bytes: Buffer): ClientHello | Uint8Array | string | undefined {
  const hello = readClientHello(bytes);
  if (hello === 'more') return undefined;
  if (hello !== 'not-tls') return hello;
  return /^[A-Z]{3,10} |^[A-Z]{5,}/.test(bytes.subarray(0, 11).toString('latin1')) ? NOT_HTTPS : fatalAlert('decode_error');
}

function refuse(socket: VisitorSocket, alert: Parameters<typeof fatalAlert>[0]): undefined {
  lastWord(socket, fatalAlert(alert));
  return undefined;
}
