import { HeddleError } from '@heddle/core';
import type { StaticConfig, StaticPeerConfig } from './config.js';
import { nearestWord } from './nearest-word.js';
import { MOST_TOLD } from './problems.js';
import { type Piece, type WgQuickLine, wgQuickLines } from './wg-quick-lines.js';
import { INTERFACE_SETTINGS, type InterfaceDraft, PEER_SETTINGS, type PeerDraft, type Setting } from './wg-quick-settings.js';

/** A mistake in a file; lines and columns begin at 1. */
export interface WgQuickError {
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

export interface WgQuickOptions {
  /**
   * True: PreUp, PostUp, PreDown, PostDown, Table and SaveConfig are skipped. Default false: they are mistakes, because whoever wrote
   * them expects them to happen. They never happen in either case.
   */
  readonly ignoreHooks?: boolean;
}

export type WgQuickResult =
  | { readonly ok: true; readonly config: StaticConfig }
  | { readonly ok: false; readonly errors: readonly WgQuickError[] };

/** Longest file; one with 130,560 allowed IPs has 4 MB. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Reads a wg-quick file, or tells all that is wrong with it (the first 50). Never throws, and never repeats a key. */
export function parseWgQuick(text: string, options: WgQuickOptions = {}): WgQuickResult {
  if (text.length > LONGEST_TEXT)
    return { ok: false, errors: [{ line: 1, column: 1, says: `the text is longer than ${LONGEST_TEXT} characters` }] };
  const file = new WgQuickFile(options.ignoreHooks ?? false);
  for (const line of wgQuickLines(text)) file.take(line);
  return file.finish();
}

/** The configuration in a wg-quick file; throws one HEDDLE_STATIC_CONFIG that lists all mistakes with line and column. */
export function wgQuick(text: string, options: WgQuickOptions = {}): StaticConfig {
  const result = parseWgQuick(text, options);
  if (result.ok) return result.config;
  const lines = result.errors.map(({ line, column, says }) => `  ${line}:${column}: ${says}`);
  throw new HeddleError('HEDDLE_STATIC_CONFIG', `the wg-quick text has mistakes (line:column):\n${lines.join('\n')}`);
}

type Section =
  | { readonly of: 'interface' }
  | { readonly of: 'peer'; readonly draft: PeerDraft; readonly line: number; readonly name: Piece }
  | undefined;

/** A file that is being read. */
class WgQuickFile {
  readonly #ignoreHooks: boolean;
  readonly #errors: WgQuickError[] = [];
  readonly #interface: InterfaceDraft = { addresses: [], servers: [], search: [] };
  readonly #peers = new Map<string, PeerDraft>();
  /** Where the first [Interface] stands. */
  #interfaceAt: { readonly line: number; readonly column: number } | undefined;
  #section: Section;

  constructor(ignoreHooks: boolean) {
    this.#ignoreHooks = ignoreHooks;
  }

  take(line: WgQuickLine): void {
    if (line.is === 'section') this.#begin(line.line, line.name);
    else if (line.is === 'other') this.#report(line.line, line.text, 'is neither a section in brackets nor a key, "=" and a value');
    else this.#setting(line.line, line.key, line.value);
  }

  finish(): WgQuickResult {
    this.#endPeer();
    const { line, column } = this.#interfaceAt ?? { line: 1, column: 1 };
    if (this.#interfaceAt === undefined) this.#report(line, { text: '', column }, 'there is no [Interface] section');
    else if (this.#interface.privateKey === undefined && !this.#told('PrivateKey', line))
      this.#report(line, { text: '', column }, 'this [Interface] has no PrivateKey');
    if (this.#errors.length > 0) return { ok: false, errors: this.#errors };
    return { ok: true, config: configOf(this.#interface, [...this.#peers.values()]) };
  }

  #begin(line: number, name: Piece): void {
    this.#endPeer();
    const word = name.text.toLowerCase();
    this.#section = undefined;
    if (word === 'interface') {
      this.#section = { of: 'interface' };
      this.#interfaceAt ??= { line, column: name.column };
    } else if (word === 'peer') this.#section = { of: 'peer', draft: { allowedIps: [] }, line, name };
    else this.#report(line, name, 'is no section; sections are [Interface] and [Peer]');
  }

  #setting(line: number, key: Piece, value: Piece): void {
    const section = this.#section;
    if (section === undefined) this.#report(line, key, 'stands in no section; begin with [Interface]');
    else if (section.of === 'interface') this.#apply(INTERFACE_SETTINGS, this.#interface, line, key, value);
    else this.#apply(PEER_SETTINGS, section.draft, line, key, value);
  }

  #apply<Draft>(settings: readonly Setting<Draft>[], draft: Draft, line: number, key: Piece, value: Piece): void {
    const word = key.text.toLowerCase();
    const setting = settings.find(({ name }) => name.toLowerCase() === word);
    if (setting === undefined) this.#unknown(settings, line, key);
    else this.#known(setting, draft, line, key, value);
  }

  #known<Draft>(setting: Setting<Draft>, draft: Draft, line: number, key: Piece, value: Piece): void {
    const refusal = this.#ignoreHooks ? undefined : setting.refused?.(value);
    if (refusal !== undefined)
      this.#report(line, key, `${setting.name} ${refusal}; take it out, or pass { ignoreHooks: true } to go without it`);
    if (setting.read !== undefined && value.text === '' && !MAY_BE_EMPTY.has(setting.name))
      this.#report(line, key, `${setting.name} has no value`);
    else setting.read?.(draft, value, (at, says) => this.#report(line, at, `${setting.name}: ${says}`));
  }

  /** The key is not repeated: it may be half of a secret that a broken line has torn off. */
  #unknown(settings: readonly Setting<never>[], line: number, key: Piece): void {
    const near = nearestWord(
      key.text,
      settings.map(({ name }) => name),
    );
    const other = ALL_NAMES.find((name) => name.toLowerCase() === key.text.toLowerCase());
    const section = settings.length === PEER_SETTINGS.length ? '[Peer]' : '[Interface]';
    if (other !== undefined) this.#report(line, key, `${other} does not belong into ${section}`);
    else this.#report(line, key, `is no key of ${section}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }

  /** A peer that comes twice is one peer, as for wg: what the later section says goes, and its allowed IPs replace those before. */
  #endPeer(): void {
    if (this.#section?.of !== 'peer') return;
    const { draft, line, name } = this.#section;
    this.#section = undefined;
    const id = draft.publicKey?.toBase64();
    if (id === undefined) this.#missingKey(line, name);
    else this.#peers.set(id, { ...this.#peers.get(id), ...draft });
  }

  #missingKey(line: number, name: Piece): void {
    if (!this.#told('PublicKey', line)) this.#report(line, name, 'this [Peer] has no PublicKey');
  }

  /** True when a mistake in this key is listed, at a later line. */
  #told(key: string, line: number): boolean {
    return this.#errors.some((error) => error.line > line && error.says.startsWith(key));
  }

  #report(line: number, { column }: Piece, says: string): void {
    if (this.#errors.length < MOST_TOLD) this.#errors.push({ line, column, says });
  }
}

const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['Address', 'DNS', 'AllowedIPs']);

const ALL_NAMES: readonly string[] = [...INTERFACE_SETTINGS, ...PEER_SETTINGS].map(({ name }) => name);

function configOf(draft: InterfaceDraft, peers: readonly PeerDraft[]): StaticConfig {
  const { addresses, servers, search, listenPort, fwmark, mtu } = draft;
  return {
    privateKey: draft.privateKey ?? null,
    addresses,
    ...(listenPort !== undefined && { listenPort }),
    ...(fwmark !== undefined && { fwmark }),
    ...(mtu !== undefined && { mtu }),
    ...(servers.length + search.length > 0 && { dns: { servers, search } }),
    peers: peers.map(peerOf),
  };
}

function peerOf({ publicKey, presharedKey, endpoint, persistentKeepalive, allowedIps }: PeerDraft): StaticPeerConfig {
  return {
    publicKey: publicKey!,
    allowedIps: [...new Set(allowedIps)],
    ...(presharedKey !== undefined && { presharedKey }),
    ...(endpoint !== undefined && { endpoint }),
    ...(persistentKeepalive !== undefined && { persistentKeepalive }),
  };
}
