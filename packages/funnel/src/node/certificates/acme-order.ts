import type { Clock, Logger } from '@heddle/core';
import type { TrustedAuthorities } from '@heddle/core/node';
import type { Authorization, Client, Order } from 'acme-client';
import type { Certificate } from '../../certificate-source.js';
import { OrderFault, oneLine, saysOf } from '../../certificates/order-fault.js';
import { isPublicName } from '../../certificates/public-name.js';
import { deadline } from '../deadline.js';
import type { AccountKey } from './account-key.js';
import { AcmeLine, type AcmeQuestion } from './acme-line.js';
import type { Challenger } from './challenger.js';
import { newKey } from './inspect.js';
import { settled } from './settled.js';

export interface AcmeGround {
  readonly directoryUrl: string;
  readonly email: string | undefined;
  readonly externalAccount: { readonly kid: string; readonly hmacKey: string } | undefined;
  readonly trust: TrustedAuthorities;
  readonly accountKey: AccountKey;
  readonly challenger: Challenger;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Acme = typeof import('acme-client');

/** From the account to the certificate. */
const ORDER_WITHIN = 300_000;

/** Orders a certificate for one name. Rejects with an OrderFault, or with the reason of the signal. */
export async function orderCertificate(name: string, ground: AcmeGround, signal: AbortSignal): Promise<Certificate> {
  if (!isPublicName(name)) throw new OrderFault(`"${name}" has no domain: no CA signs a certificate for it`);
  const time = deadline(ground.clock, ORDER_WITHIN);
  const line = new AcmeLine({ trust: ground.trust, clock: ground.clock, signal: AbortSignal.any([signal, time.signal]) });
  try {
    return await new OneOrder(name, ground, line, AbortSignal.any([signal, time.signal])).run();
  } catch (thrown) {
    signal.throwIfAborted();
    const says = time.signal.aborted ? 'it took longer than five minutes' : saysOf(thrown);
    throw new OrderFault(`no certificate for ${name}: ${says}`, { retryAfter: line.retryAfter });
  } finally {
    time.done();
    line.close();
  }
}

class OneOrder {
  readonly #name: string;
  readonly #ground: AcmeGround;
  readonly #line: AcmeLine;
  readonly #signal: AbortSignal;

  constructor(name: string, ground: AcmeGround, line: AcmeLine, signal: AbortSignal) {
    this.#name = name;
    this.#ground = ground;
    this.#line = line;
    this.#signal = signal;
  }

  async run(): Promise<Certificate> {
    const acme = await loadAcme();
    const client = await this.#client(acme);
    await this.#register(client);
    const order = await client.createOrder({ identifiers: [{ type: 'dns', value: this.#name }] });
    for (const authorization of await client.getAuthorizations(order)) await this.#authorize(acme, client, authorization);
    return this.#finish(acme, client, order);
  }

  async #client(acme: Acme): Promise<Client> {
    const { directoryUrl, externalAccount, accountKey } = this.#ground;
    const client = new acme.Client({
      directoryUrl,
      accountKey: await accountKey.get(),
      ...(externalAccount !== undefined && { externalAccountBinding: externalAccount }),
    });
    // Its own requests go by a global client that repeats with timers of its own and knows neither signals nor private CAs.
    const { http } = client as unknown as { http: { request: (url: string, method: string, question?: AcmeQuestion) => unknown } };
    http.request = (url, method, question) =>
      this.#line.ask(url, method, { ...question, headers: { 'Content-Type': 'application/jose+json' } });
    return client;
  }

  async #register(client: Client): Promise<void> {
    const { email } = this.#ground;
    try {
      await client.createAccount({ onlyReturnExisting: true });
    } catch (thrown) {
      if (this.#line.problem !== 'accountDoesNotExist') throw thrown;
      await client.createAccount({ termsOfServiceAgreed: true, ...(email !== undefined && { contact: [`mailto:${email}`] }) });
    }
  }

  async #authorize(acme: Acme, client: Client, authorization: Authorization): Promise<void> {
    if (authorization.status === 'valid') return;
    const { challenger, logger } = this.#ground;
    const challenge = authorization.challenges.find(({ type }) => type === challenger.type);
    if (challenge === undefined) throw new OrderFault(`the CA does not offer ${challenger.type} for it`);
    const proof = await client.getChallengeKeyAuthorization(challenge);
    const certificate = async (): Promise<Certificate> => {
      const [key, pem] = await acme.crypto.createAlpnCertificate(authorization, proof);
      return { certificate: String(pem), key: String(key) };
    };
    const remove = await challenger.show({ name: this.#name, token: challenge.token, proof, certificate }, this.#signal);
    try {
      await client.completeChallenge(challenge);
      await this.#confirmed(client, authorization);
    } finally {
      await Promise.resolve()
        .then(remove)
        .catch((error: unknown) => logger.warn({ name: this.#name }, `what was shown to the CA could not be taken away: ${saysOf(error)}`));
    }
  }

  async #confirmed(client: Client, { url }: Authorization): Promise<void> {
    const read = async (): Promise<Authorization> => (await client.getAuthorizations({ authorizations: [url] } as unknown as Order))[0]!;
    const { status, challenges } = await this.#settled(read, ({ status }) => status !== 'pending');
    if (status === 'valid') return;
    const { type } = this.#ground.challenger;
    const { error } = challenges.find((one) => one.type === type) ?? {};
    const detail = (error as { readonly detail?: string } | undefined)?.detail ?? status;
    throw new OrderFault(`the CA could not confirm the name by ${type}: ${oneLine(String(detail))}`);
  }

  async #finish(acme: Acme, client: Client, order: Order): Promise<Certificate> {
    const read = (): Promise<Order> => client.getOrder(order);
    const ready = await this.#settled(read, ({ status }) => status !== 'pending');
    if (ready.status !== 'ready') throw refused(ready);
    const key = await newKey();
    const [, csr] = await acme.crypto.createCsr({ altNames: [this.#name] }, key);
    await client.finalizeOrder(ready, csr);
    const done = await this.#settled(read, ({ status }) => status !== 'processing' && status !== 'ready');
    if (done.status !== 'valid') throw refused(done);
    return { certificate: await client.getCertificate(done), key };
  }

  #settled<T>(read: () => Promise<T>, isSettled: (value: T) => boolean): Promise<T> {
    return settled(read, isSettled, this.#ground.clock, this.#signal, () => this.#line.wish);
  }
}

function refused({ status, error }: Order): OrderFault {
  const detail = (error as { readonly detail?: string } | undefined)?.detail;
  return new OrderFault(`the CA calls the order ${status}${detail === undefined ? '' : `: ${oneLine(String(detail))}`}`);
}

/** Only when something is ordered: it takes a while to load. */
async function loadAcme(): Promise<Acme> {
  return (await import('acme-client')).default as unknown as Acme;
}
