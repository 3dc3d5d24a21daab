import type { Plugin, Remote } from '@heddle/core';
import { direct, disco, type Policy } from '@heddle/path-disco';

/** A planted bug of order: once the relay had to help out, an answer from before that is taken for the newest. */
export function lateAnswer(): Plugin {
  const answered = new Map<string, Remote>();
  const helped = new Set<string>();
  const policy: Policy = (paths, now) => {
    const { id } = paths.peer;
    const decision = direct(paths, now);
    if (decision.reason.startsWith('relay') && answered.has(id)) helped.add(id);
    if (decision.reason !== 'direct: the path answers') return decision;
    const first = answered.get(id) ?? decision.primary!;
    answered.set(id, first);
    return helped.has(id) ? { ...decision, primary: first } : decision;
  };
  return disco({ policy });
}
