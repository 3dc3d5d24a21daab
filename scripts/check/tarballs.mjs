import { join } from 'node:path';
import { CACHE, publicPackages } from '../workspace.mjs';

/** Where the packed packages lie between the steps. */
export const TARBALLS = join(CACHE, 'tarballs');

/** Every public package with its tarball. */
export function tarballs() {
  return publicPackages().map((member) => ({ ...member, tarball: join(TARBALLS, tarballName(member.manifest)) }));
}

/**
 * The name that npm gives: @heddle/core 1.2.3 is heddle-core-1.2.3.tgz.
 * @param {{ name: string, version: string }} manifest
 */
function tarballName({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}
