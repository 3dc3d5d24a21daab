import type { SelfUpdate } from '../contracts/control.js';
import { DEFAULT_PREFERENCES, type PreferenceService, type Preferences } from './preferences.js';

/** Tells control what concerns it: first what is not the default, then each change. Returns the end of it. */
export function publishPreferences(preferences: PreferenceService, publish: (update: SelfUpdate) => void): () => void {
  let told: Preferences = DEFAULT_PREFERENCES;
  const subscription = preferences.changes$.subscribe((next) => {
    const update = updateFrom(told, next);
    told = next;
    if (Object.keys(update).length > 0) publish(update);
  });
  return () => subscription.unsubscribe();
}

function updateFrom(before: Preferences, { hostname, advertiseRoutes, shieldsUp }: Preferences): SelfUpdate {
  return {
    ...(hostname !== before.hostname && { hostname: hostname ?? '' }),
    ...(JSON.stringify(advertiseRoutes) !== JSON.stringify(before.advertiseRoutes) && { routes: advertiseRoutes }),
    ...(shieldsUp !== before.shieldsUp && { shieldsUp }),
  };
}
