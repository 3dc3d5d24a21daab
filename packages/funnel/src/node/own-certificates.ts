import { createPrivateKey, X509Certificate } from 'node:crypto';
import { definePlugin, HeddleError, optional, type Plugin, provide, Tokens } from '@heddle/core';
import { type Certificate, type CertificateSource, Certificates, TLS_CERTIFICATES } from '../certificate-source.js';
import { parseX509Time } from '../certificates/x509-time.js';
import { certificateCounters } from '../counters.js';
import { FUNNEL_ERRORS } from '../errors.js';

/** Certificates by name; `*.example.com` holds for each name one label deeper. */
export type CertificatesByName = Readonly<Record<string, Certificate>>;

/** A plugin with certificates that can be exchanged while it runs. */
export interface OwnCertificates extends Plugin {
  /** From the next handshake on these are used, and no others. Throws, with nothing changed, as ownCertificates does. */
  reload(certificates: CertificatesByName): void;
}

const NAME = '@heddle/funnel/own-certificates';

/** Certificates of your own, as PEM. Throws when a key and its certificate do not belong together. */
export function ownCertificates(certificates: CertificatesByName): OwnCertificates {
  const source = new OwnSource(certificates);
  const plugin = definePlugin({
    name: NAME,
    offers: [TLS_CERTIFICATES],
    errors: FUNNEL_ERRORS,
    provides: [
      provide(Certificates, [optional(Tokens.Counters)], (counters) => {
        for (const family of certificateCounters(source)) counters?.show(NAME, family);
        return source;
      }),
    ],
  });
  return { ...plugin, reload: (next) => source.reload(next) };
}

class OwnSource implements CertificateSource {
  #byName: ReadonlyMap<string, Certificate>;

  constructor(certificates: CertificatesByName) {
    this.#byName = checked(certificates);
  }

  reload(certificates: CertificatesByName): void {
    this.#byName = checked(certificates);
  }

  get ends(): ReadonlyMap<string, number> {
    const end = ({ certificate }: Certificate): number => parseX509Time(new X509Certificate(certificate).validTo) ?? 0;
    return new Map([...this.#byName].map(([name, certificate]) => [name, end(certificate)]));
  }

  async for(name: string): Promise<Certificate | undefined> {
    return this.#byName.get(name) ?? this.#byName.get(name.replace(/^[^.]*/, '*'));
  }

  announce(): void {}
}

function checked(certificates: CertificatesByName): ReadonlyMap<string, Certificate> {
  const byName = new Map<string, Certificate>();
  for (const [name, certificate] of Object.entries(certificates)) {
    check(name, certificate);
    byName.set(name.toLowerCase().replace(/\.$/, ''), certificate);
  }
  return byName;
}

function check(name: string, { certificate, key }: Certificate): void {
  let belongs: boolean;
  try {
    belongs = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new HeddleError('HEDDLE_SERVE_CERTIFICATE', `the certificate or key of ${name} cannot be read: give both as PEM`, { cause });
  }
  if (!belongs)
    throw new HeddleError(
      'HEDDLE_SERVE_CERTIFICATE',
      `the key of ${name} does not belong to its certificate: give the pair of the same issue`,
    );
}
