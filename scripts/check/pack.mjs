// Packs every public package, so that later steps look at what a user would install.
import { mkdirSync, rmSync } from 'node:fs';
import { npm } from '../launch/npm.mjs';
import { publicPackages } from '../workspace.mjs';
import { TARBALLS } from './tarballs.mjs';

rmSync(TARBALLS, { recursive: true, force: true });
mkdirSync(TARBALLS, { recursive: true });
const packages = publicPackages();
const workspaces = packages.flatMap(({ folder }) => ['--workspace', folder]);
process.exitCode = await npm(['pack', '--silent', '--pack-destination', TARBALLS, ...workspaces]);
console.log(`${packages.length} packages`);
