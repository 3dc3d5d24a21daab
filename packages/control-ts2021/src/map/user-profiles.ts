import type { User } from '@heddle/core';
import { sameValue } from './same-value.js';
import type { WireReader } from './wire-reader.js';

export type Users = ReadonlyMap<string, User>;

/** The users after UserProfiles: added or replaced, never removed; of two with one id the later counts. The same object when nothing changed. */
export function withProfiles(reader: WireReader, before: Users, raw: unknown): Users {
  let users = before;
  let own: Map<string, User> | undefined;
  for (const user of reader.list(raw, reader.limits.users, (item) => readUser(reader, item)) ?? []) {
    if (sameValue(users.get(user.id), user)) continue;
    if (users.size >= reader.limits.users && !users.has(user.id)) reader.skip();
    else users = own = (own ?? new Map(before)).set(user.id, user);
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
