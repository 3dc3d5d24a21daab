import { PublicKey } from '@heddle/crypto';
import { ControlFault, quoted } from './fault.js';

/** More is no answer to a question for a key. */
export const LARGEST_KEY_ANSWER: number = 64 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly location?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly body: string;
}

/** The server's key from the answer to `/key`; a fault for everything else, in the words that help most. */
export function readKeyAnswer(answer: HttpAnswer): PublicKey<'machine'> | ControlFault {
  const refused = refusalOf(answer, 'the question for the server’s key');
  if (refused !== undefined) return refused;
  const key = keyIn(answer.body);
  if (key !== undefined) return key;
  if (/^[0-9a-f]{64}\s*$/i.test(answer.body)) return notControl('the control server is too old: it knows only the protocol before ts2021');
  return notControl(`what answers at this URL is no control server: it sent ${answer.type || 'no content type'}, not a key`);
}

/** What a status other than 200 means; undefined for 200. */
export function refusalOf(answer: HttpAnswer, what: string): ControlFault | undefined {
  const { status, location, retryAfter, body } = answer;
  if (status === 200) return undefined;
  if (status >= 300 && status < 400)
    return notControl(`the control URL redirects to ${quoted(location ?? 'nowhere')}: use that URL if it is the right one`, status);
  const says = looksLikeHtml(answer) ? 'a web page' : quoted(body);
  return new ControlFault('HEDDLE_TS2021_REFUSED', `${what} was answered with HTTP ${status}${says === '' ? '' : `: ${says}`}`, {
    status,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

export function looksLikeHtml({ type, body }: HttpAnswer): boolean {
  return type.includes('html') || /^\s*<(!doctype|html)/i.test(body);
}

function notControl(text: string, status?: number): ControlFault {
  return new ControlFault('HEDDLE_TS2021_NOT_CONTROL', text, status === undefined ? {} : { status });
}

function keyIn(body: string): PublicKey<'machine'> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const text = typeof parsed === 'object' && parsed !== null && 'publicKey' in parsed ? parsed.publicKey : undefined;
    const key = typeof text === 'string' ? PublicKey.parse('machine', text) : undefined;
    return key === undefined || key.isZero ? undefined : key;
  } catch {
    return undefined;
  }
}
