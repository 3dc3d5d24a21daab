import { X509Certificate } from 'node:crypto';
import { HeddleError } from '@heddle/core';
import { DEFAULT_PAUSES, type PauseRules } from '../../certificates/order-pauses.js';
import type { DnsHook } from './challenger.js';
import { isPrivateKey } from './inspect.js';

export interface AcmeOptions {
  /** Where the CA begins, such as `https://acme-v02.api.letsencrypt.org/directory`. */
  readonly directoryUrl: string;
  /** That you agree to the CA's terms of service. */
  readonly termsOfServiceAgreed: true;
  /**
   * How the CA learns that a name is this node's. `dns-01`: by a record that control puts into DNS, as Tailscale's does. An object: by a record
   * that you put there. `tls-alpn-01`: by a connection to port 443 of the name that `serve()` answers. `http-01`: by a request to port 80 of the
   * name that `answer` answers.
   */
  readonly challenge: 'dns-01' | 'tls-alpn-01' | 'http-01' | DnsHook;
  /** Whom the CA may write to. Default: nobody. */
  readonly email?: string;
  /** Of the account, as PEM. Default: made at the first order, and kept in the state of the node. */
  readonly accountKey?: string;
  /** An account that exists with the CA in another way. */
  readonly externalAccount?: { readonly kid: string; readonly hmacKey: string };
  /** Certificates in PEM, trusted for the directory besides those that Node knows. */
  readonly trust?: string | readonly string[];
  /** Milliseconds from a failure to the next try. Default: a minute at first, half a day at most. */
  readonly pauses?: Partial<PauseRules>;
}

/** Options that were checked, with their defaults. */
export interface AcmeSettings {
  readonly directoryUrl: string;
  readonly challenge: AcmeOptions['challenge'];
  readonly email: string | undefined;
  readonly accountKey: string | undefined;
  readonly externalAccount: AcmeOptions['externalAccount'];
  readonly trust: readonly string[];
  readonly pauses: PauseRules;
}

/** Less would be hammering. */
const LEAST_PAUSE = 1_000;
const WAYS: readonly unknown[] = ['dns-01', 'tls-alpn-01', 'http-01'];

/** Throws one HEDDLE_CERTIFICATE_OPTIONS that lists every mistake. It repeats no secret. */
export function readAcmeOptions(options: AcmeOptions): AcmeSettings {
  const { challenge, email, accountKey, externalAccount, directoryUrl } = options;
  const pauses = { ...DEFAULT_PAUSES, ...options.pauses };
  const trust = [options.trust ?? []].flat();
  const problems = [
    !isHttps(directoryUrl) && 'directoryUrl: is no https URL',
    options.termsOfServiceAgreed !== true && 'termsOfServiceAgreed: a CA issues nothing to who does not agree',
    !WAYS.includes(challenge) && !isHook(challenge) && `challenge: is none of ${WAYS.join(', ')}, and no object with set`,
    email !== undefined && !/^[^\s@,]+@[^\s@,]+$/.test(email) && 'email: is no address',
    accountKey !== undefined && !isPrivateKey(accountKey) && 'accountKey: is no private key in PEM',
    externalAccount !== undefined && !(externalAccount.kid && externalAccount.hmacKey) && 'externalAccount: needs kid and hmacKey',
    !trust.every(isCertificate) && 'trust: is no certificate in PEM',
    !(pauses.least >= LEAST_PAUSE && pauses.most >= pauses.least) && `pauses: least is ${LEAST_PAUSE} or more, most no less than least`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new HeddleError('HEDDLE_CERTIFICATE_OPTIONS', `acmeCertificates(): ${problems.join('; ')}`);
  return { directoryUrl, challenge, email, accountKey, externalAccount, trust, pauses };
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

function isHook(challenge: unknown): boolean {
  return typeof challenge === 'object' && challenge !== null && typeof (challenge as Partial<DnsHook>).set === 'function';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
