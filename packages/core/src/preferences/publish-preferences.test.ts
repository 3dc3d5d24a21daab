import { expect, test } from 'vitest';
import type { SelfUpdate } from '../contracts/control.js';
import { PreferenceKeeper } from './preference-keeper.js';
import { publishPreferences } from './publish-preferences.js';

test('control is told what differs from the defaults, then each change; a name that is taken away is empty', () => {
  const preferences = new PreferenceKeeper({ hostname: 'first' });
  const told: SelfUpdate[] = [];
  const stop = publishPreferences(preferences, (update) => told.push(update));
  preferences.set({ hostname: 'second', acceptRoutes: true });
  preferences.set({ hostname: undefined, shieldsUp: true });
  preferences.set({ acceptRoutes: false });
  preferences.set({ hostname: 'third', advertiseRoutes: ['192.0.2.0/24'] });
  stop();
  preferences.set({ hostname: undefined });
  expect(told).toEqual([
    { hostname: 'first' },
    { hostname: 'second' },
    { hostname: '', shieldsUp: true },
    { hostname: 'third', routes: ['192.0.2.0/24'] },
  ]);
});
