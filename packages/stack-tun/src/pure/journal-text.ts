import type { Step } from './host-plan.js';

/** What a file of name servers was before. */
export type FileBefore =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'absent' };

export interface ResolvChange {
  readonly path: string;
  readonly before: FileBefore;
  /** What we wrote: when it says something else, it is no longer ours to undo. */
  readonly after: string;
}

/** All that one node has changed, or is about to change. */
export interface JournalEntry {
  readonly pid: number;
  readonly startedAt: string;
  readonly boot: string;
  readonly namespace: string;
  readonly steps: readonly Step[];
  readonly resolv?: ResolvChange;
}

const VERSION = 1;

export function formatJournal(entry: JournalEntry): string {
  return `${JSON.stringify({ version: VERSION, ...entry })}\n`;
}

/** Undefined for what we did not write: nothing of it is done. */
export function parseJournal(text: string): JournalEntry | undefined {
  try {
    const value = JSON.parse(text) as JournalEntry & { version: number };
    return value.version === VERSION && isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: JournalEntry): boolean {
  const named = [value.startedAt, value.boot, value.namespace].every((text) => typeof text === 'string');
  return named && Number.isInteger(value.pid) && Array.isArray(value.steps) && value.steps.every(isStep) && isResolv(value.resolv);
}

function isStep(step: Step): boolean {
  return (step.family === 4 || step.family === 6) && typeof step.bound === 'boolean' && isWords(step.run) && isWords(step.undo);
}

/** No word can become two lines of a batch. */
function isWords(words: readonly string[]): boolean {
  return Array.isArray(words) && words.every((word) => typeof word === 'string' && /^[^\s#"'\\]+$/.test(word));
}

function isResolv(change: ResolvChange | undefined): boolean {
  if (change === undefined) return true;
  const { path, before, after } = change;
  return typeof path === 'string' && typeof after === 'string' && isBefore(before);
}

function isBefore(before: FileBefore): boolean {
  if (before.kind === 'content') return typeof before.text === 'string';
  return before.kind === 'link' ? typeof before.to === 'string' : before.kind === 'absent';
}
