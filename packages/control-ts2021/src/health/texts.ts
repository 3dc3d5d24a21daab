import { withoutKeys } from '../dial/fault.js';
import type { HealthMessage } from '../map/index.js';
import { formatTime } from '../map/rfc3339.js';

const MINUTE = 60_000;

export function expiryText(stage: 'week' | 'day' | 'expired', at: number | undefined): string {
  const date = at === undefined ? undefined : formatTime(at);
  if (stage === 'expired') return `the key of this node has expired${date === undefined ? '' : `, at ${date}`}`;
  return `the key of this node expires within ${stage === 'week' ? 'seven days' : 'a day'}${date === undefined ? '' : `, at ${date}`}`;
}

export function skewText(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / MINUTE);
  return `the clock of this machine is ${minutes} minutes ${milliseconds > 0 ? 'behind' : 'ahead of'} that of the control server`;
}

export function messagesText(messages: readonly HealthMessage[]): string {
  return withoutKeys(messages.map(({ title, text }) => (title === '' || title === text ? text : `${title}: ${text}`)).join('; '));
}
