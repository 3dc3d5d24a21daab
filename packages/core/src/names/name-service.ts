import type { NameConfig } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import type { DnsForwarder } from './dns-forwarder.js';
import { DNS_CODE, decodeQuery, encodeAnswer, encodeFormatError } from './dns-message.js';
import { chooseServers } from './resolver-choice.js';
import type { TailnetNames } from './tailnet-names.js';

export interface NameServiceOptions {
  readonly names: TailnetNames;
  readonly forwarder: DnsForwarder;
  readonly config: () => NameConfig | undefined;
}

/** A resolver of one node: names of the tailnet from the netmap, others from whom control says. */
export class NameService {
  readonly #options: NameServiceOptions;

  constructor(options: NameServiceOptions) {
    this.#options = options;
  }

  /** The response to a message, however long; undefined for what gets none. Never rejects. */
  async answer(message: Bytes): Promise<Bytes | undefined> {
    const query = decodeQuery(message);
    if (query === undefined) return encodeFormatError(message);
    const { names, forwarder, config } = this.#options;
    const known = names.resolve(query);
    if (known !== 'forward') return encodeAnswer(message, query, known);
    const current = config();
    const servers = current === undefined ? [] : chooseServers(query.name, current);
    const heard = await forwarder.ask(message, query, servers).catch(() => undefined);
    return heard ?? encodeAnswer(message, query, { code: DNS_CODE.FAILURE, records: [] });
  }
}
