import { formatPrefix, parsePrefix } from '@heddle/wire';
import { BehaviorSubject, type Observable } from 'rxjs';
import { HeddleError } from '../errors/heddle-error.js';
import { DEFAULT_PREFERENCES, type PreferenceChange, type PreferenceService, type Preferences } from './preferences.js';

/** Keeps the preferences of one node, checked. */
export class PreferenceKeeper implements PreferenceService {
  readonly changes$: Observable<Preferences>;
  readonly #values: BehaviorSubject<Preferences>;

  constructor(initial: PreferenceChange = {}) {
    this.#values = new BehaviorSubject(changed(DEFAULT_PREFERENCES, initial));
    this.changes$ = this.#values.asObservable();
  }

  get value(): Preferences {
    return this.#values.value;
  }

  set(change: PreferenceChange): Preferences {
    const next = changed(this.value, change);
    if (!same(next, this.value)) this.#values.next(next);
    return this.value;
  }

  complete(): void {
    this.#values.complete();
  }
}

/** What is wrong with a change; undefined: nothing. */
export function preferenceFault(change: PreferenceChange): HeddleError | undefined {
  const wrong = Object.entries(change).find(([name, value]) => !Object.hasOwn(CHECKS, name) || !CHECKS[name as keyof Preferences](value));
  return wrong && refused(wrong[0], wrong[1]);
}

function changed(before: Preferences, change: PreferenceChange): Preferences {
  const fault = preferenceFault(change);
  if (fault !== undefined) throw fault;
  const merged = { ...before, ...change };
  const { hostname, exitNode } = merged;
  return {
    ...(hostname !== undefined && { hostname }),
    ...(exitNode !== undefined && { exitNode }),
    acceptRoutes: merged.acceptRoutes ?? DEFAULT_PREFERENCES.acceptRoutes,
    advertiseRoutes: merged.advertiseRoutes ?? DEFAULT_PREFERENCES.advertiseRoutes,
    shieldsUp: merged.shieldsUp ?? DEFAULT_PREFERENCES.shieldsUp,
    acceptDns: merged.acceptDns ?? DEFAULT_PREFERENCES.acceptDns,
  };
}

const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';
const isName = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value !== '');

const CHECKS: Readonly<Record<keyof Preferences, (value: unknown) => boolean>> = {
  hostname: isName,
  exitNode: isName,
  acceptRoutes: isFlag,
  shieldsUp: isFlag,
  acceptDns: isFlag,
  advertiseRoutes: (value) => value === undefined || (Array.isArray(value) && value.every(isPrefix)),
};

/** A prefix as control writes it: with its length, without host bits. */
function isPrefix(value: unknown): boolean {
  const prefix = typeof value === 'string' ? parsePrefix(value) : undefined;
  return prefix !== undefined && formatPrefix(prefix) === value;
}

function refused(name: string, value: unknown): HeddleError {
  const known = `preferences are ${Object.keys(CHECKS).join(', ')}`;
  const text = Object.hasOwn(CHECKS, name)
    ? `the preference ${name} cannot be ${JSON.stringify(value)}`
    : `there is no preference ${name}; ${known}`;
  const cure = name === 'advertiseRoutes' ? '; give prefixes such as "192.168.5.0/24", without host bits' : '';
  return new HeddleError('HEDDLE_BAD_PREFERENCE', text + cure);
}

function same(a: Preferences, b: Preferences): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
