import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Control,
  definePlugin,
  HeddleError,
  type HeddleNode,
  optional,
  type Plugin,
  provide,
  type Random,
  type Requirement,
  type Token,
  Tokens,
  token,
} from '@heddle/core';
import { TrustedAuthorities } from '@heddle/core/node';
import { type Certificate, Certificates, TLS_CERTIFICATES } from '../../certificate-source.js';
import { CertificateKeeper, type CertificateKeeperGround } from '../../certificates/certificate-keeper.js';
import { KeptCertificates } from '../../certificates/kept-certificates.js';
import { OrderFault } from '../../certificates/order-fault.js';
import { certificateCounters } from '../../counters.js';
import { FUNNEL_ERRORS } from '../../errors.js';
import { AccountKey } from './account-key.js';
import { type AcmeOptions, type AcmeSettings, readAcmeOptions } from './acme-options.js';
import { orderCertificate } from './acme-order.js';
import { alpnChallenger, type Challenger, type DnsHook, dnsChallenger, httpChallenger, OpenAnswers } from './challenger.js';
import { inspect } from './inspect.js';
import { online } from './online.js';

/** Certificates that a CA issues by itself, while the node runs. */
export interface Acme {
  /** Orders a new certificate now, for a name that is served with TLS; the one before is in use until then. Rejects when nothing comes of it. */
  renew(name: string): Promise<void>;
}

/** `node.get(Acme)`, of a node with acmeCertificates(). */
export const Acme: Token<Acme> = token('@heddle/funnel/Acme');

export interface AcmeCertificates extends Plugin {
  /** For http-01: answers what a CA asks at `/.well-known/acme-challenge/`, and everything else with 404. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

const NAME = '@heddle/funnel/acme-certificates';
const KEEPER: Token<CertificateKeeper> = token('@heddle/funnel/CertificateKeeper');

/** Certificates by ACME (RFC 8555), for the names that are served with TLS: ordered when they are announced, renewed at two thirds of their life. */
export function acmeCertificates(options: AcmeOptions): AcmeCertificates {
  const settings = readAcmeOptions(options);
  const pages = new OpenAnswers<string>();
  const { Node, StateStore, Clock, Random, Logger, Counters } = Tokens;
  const plugin = definePlugin({
    name: NAME,
    offers: [TLS_CERTIFICATES],
    requires: settings.challenge === 'dns-01' ? [SET_DNS] : [],
    errors: FUNNEL_ERRORS,
    provides: [
      provide(
        KEEPER,
        [Node, StateStore, Clock, Random, Logger, optional(Counters)],
        (node, store, clock, random, logger, counters) => {
          const proofs = new OpenAnswers<Certificate>();
          const challenger = challengerOf(settings, node, proofs, pages);
          const accountKey = new AccountKey(settings.accountKey, store, logger);
          const ground = { ...settings, trust: new TrustedAuthorities(settings.trust), accountKey, challenger, clock, logger };
          const keeper = new CertificateKeeper({
            clock,
            logger,
            pauses: settings.pauses,
            kept: new KeptCertificates(store, settings.directoryUrl, inspect),
            chance: () => chance(random),
            challenge: (name) => proofs.get(name),
            order: ordering(ground, settings, node),
          });
          for (const family of certificateCounters(keeper)) counters?.show(NAME, family);
          return keeper;
        },
        { stop: (keeper) => keeper.stop(), health: (keeper) => keeper.health$ },
      ),
      provide(Certificates, [KEEPER], (keeper) => keeper),
      provide(Acme, [KEEPER], (keeper) => keeper),
    ],
  });
  return { ...plugin, answer: (request, response) => answerPage(pages, request, response) };
}

const SET_DNS: Requirement = {
  capability: 'control.set-dns',
  because: 'the CA looks for a record in public DNS, which control is to put there',
  cure: "use ts2021() of @heddle/control-ts2021, give acmeCertificates({ challenge: { set, remove } }) for a DNS of your own, or let the CA ask by 'tls-alpn-01'",
};

function ordering(
  ground: Parameters<typeof orderCertificate>[1],
  { challenge }: AcmeSettings,
  node: Pick<HeddleNode, 'control$'>,
): CertificateKeeperGround['order'] {
  const needsTailnet = challenge === 'dns-01' || challenge === 'tls-alpn-01';
  return async (name, signal) => {
    if (needsTailnet) await online(node.control$, signal);
    const certificate = await orderCertificate(name, ground, signal);
    const validity = inspect(certificate, name);
    if (validity === undefined) throw new OrderFault(`the certificate that the CA sent is not for ${name} and its key`);
    return { certificate, validity };
  };
}

function challengerOf(
  { challenge }: AcmeSettings,
  node: Pick<HeddleNode, 'get'>,
  proofs: OpenAnswers<Certificate>,
  pages: OpenAnswers<string>,
): Challenger {
  if (challenge === 'tls-alpn-01') return alpnChallenger(proofs);
  if (challenge === 'http-01') return httpChallenger(pages);
  return dnsChallenger(challenge === 'dns-01' ? controlDns(() => node.get(Tokens.Control)) : challenge);
}

/** By whichever control the node has just then. */
function controlDns(control: () => Control): DnsHook {
  return {
    async set(record, options) {
      const current = control();
      if (current.setDns === undefined)
        throw new HeddleError(
          'HEDDLE_UNSUPPORTED',
          "this control sets no records in DNS: let the CA ask by 'tls-alpn-01' or a DNS of your own",
        );
      await current.setDns(record, options);
    },
  };
}

function answerPage(pages: OpenAnswers<string>, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const proof = pages.get(url.split('?', 1)[0]!.split('/').at(-1)!);
  response.writeHead(proof === undefined ? 404 : 200, { 'Content-Type': 'application/octet-stream' });
  response.end(proof ?? '');
}

function chance(random: Random): number {
  const bytes = new Uint8Array(4);
  random.fill(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}
