import { oneLine, quoted, urlWithoutSecret, withoutSecret } from '../dial/fault.js';
import { isJsonObject, readJsonObject } from '../map/json-guard.js';

/** What a server makes of a registration. */
export type RegisterAnswer =
  | { readonly is: 'registered'; readonly approved: boolean; readonly loginName: string | undefined }
  /** Somebody has to open this http(s) URL. */
  | { readonly is: 'login'; readonly url: string }
  /** The node key is no longer good: make a new one and register again. */
  | { readonly is: 'key-expired' }
  /** The tailnet signs its nodes and wants the key signed again, which this program cannot do. */
  | { readonly is: 'signature-wanted' }
  | { readonly is: 'refused'; readonly text: string }
  /** No answer that could be read. */
  | { readonly is: 'unreadable'; readonly text: string };

const LONGEST_URL = 2_048;

/** Reads the body of an answer with status 200: a refusal comes with that status, too. The auth key that was sent is in no text of it. */
export function readRegisterAnswer(body: string, authKey?: string): RegisterAnswer {
  const json = readJsonObject(new TextEncoder().encode(body));
  if (!('value' in json)) return { is: 'unreadable', text: json.refused };
  const { Error: refusal, NodeKeySignature: signature, NodeKeyExpired, AuthURL: url, MachineAuthorized, Login } = json.value;
  if (typeof refusal === 'string' && refusal !== '') return { is: 'refused', text: quoted(withoutSecret(refusal, authKey)) };
  if (typeof signature === 'string' && signature !== '') return { is: 'signature-wanted' };
  if (NodeKeyExpired === true) return { is: 'key-expired' };
  if (typeof url === 'string' && url !== '') return readLogin(urlWithoutSecret(url, authKey));
  return { is: 'registered', approved: MachineAuthorized !== false, loginName: loginNameOf(Login) };
}

/** A URL that people are asked to open: http(s), without a password, not longer than what fits a message. */
export function isSafeUrl(text: string): boolean {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && oneLine(text, LONGEST_URL) === text
  );
}

function readLogin(url: string): RegisterAnswer {
  return isSafeUrl(url) ? { is: 'login', url } : { is: 'unreadable', text: 'its login URL is no http(s) URL' };
}

function loginNameOf(login: unknown): string | undefined {
  const name = isJsonObject(login) ? login.LoginName : undefined;
  return typeof name === 'string' ? quoted(name) : undefined;
}
