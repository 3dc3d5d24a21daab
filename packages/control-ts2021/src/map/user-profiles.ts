import type { User } from '@heddle/core';
import { sameValue } from './same-value.js';
import type { WireReader } from './wire-reader.js';

export type Users = ReadonlyMap<string, User>;

/** The users after UserProfiles: added or replaced, never removed. The same object when nothing changed. */
export function withProfiles(reader: WireReader, before: Users, raw: unknown): Users {
  const profiles = reader.list(raw, reader.limits.users, (item) => readUser(reader, item)) ?? [];
  const fresh = profiles.filter((user) => !sameValue(before.get(user.id), user));
  if (fresh.length === 0) return before;
  const users = new Map(before);
  for (const user of fresh) {
    if (users.size < reader.limits.users || users.has(user.id)) users.set(user.id, user);
    else reader.skip();
  }
  return users;
}

function readUser(reader: WireReader, raw: unknown): User | undefined {
  const profile = reader.object(raw);
  const id = reader.id(profile?.ID);
  if (profile === undefined || id === undefined) return undefined;
  const profilePicture = reader.webUrl(profile.ProfilePicURL);
  return {
    id,
    loginName: reader.shown(profile.LoginName),
    displayName: reader.shown(profile.DisplayName),
    ...(profilePicture !== undefined && { profilePicture }),
  };
}
