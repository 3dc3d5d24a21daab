import { parseHttpDate } from './http-date.js';

/** What a visitor has of a file already. */
export interface Conditions {
  readonly 'if-match'?: string | undefined;
  readonly 'if-unmodified-since'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-modified-since'?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

export interface Version {
  readonly etag: string;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** RFC 9110 13.1.1 and 13.1.4: false when the visitor wants another version than this one (412). */
export function isAsWanted(conditions: Conditions, { etag, modified }: Version): boolean {
  const tags = conditions['if-match'];
  if (tags !== undefined) return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim() === etag);
  const since = parseHttpDate(conditions['if-unmodified-since'] ?? '');
  return since === undefined || modified <= since;
}

/** RFC 9110 13.2.2: true when what the visitor has is what it would get (304). */
export function isFresh(conditions: Conditions, { etag, modified }: Version): boolean {
  const tags = conditions['if-none-match'];
  if (tags !== undefined) return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  const since = parseHttpDate(conditions['if-modified-since'] ?? '');
  return since !== undefined && modified <= since;
}

/** RFC 9110 13.1.5: false when the range belongs to another version, and the whole has to be sent. */
export function rangeHolds(conditions: Conditions, { etag, modified }: Version): boolean {
  const of = conditions['if-range'];
  return of === undefined || of === etag || parseHttpDate(of) === modified;
}
