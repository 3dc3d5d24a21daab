// Packs every public package, so that later steps look at what a user would install.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../launch/npm.mjs';
import { publicPackages } from '../workspace.mjs';
import { TARBALLS } from './tarballs.mjs';

rmSync(TARBALLS, { recursive: true, force: true });
mkdirSync(TARBALLS, { recursive: true });
const packages = publicPackages();
const workspaces = packages.flatMap(({ folder }) => ['--workspace', folder]);
const packed = await npm(['pack', '--silent', '--pack-destination', TARBALLS, ...workspaces]);
const unread = packages.filter(({ path }) => !existsSync(join(path, 'README.md')));
for (const { folder } of unread) console.log(`${folder} has no README.md`);
console.log(`${packages.length} packages`);
process.exitCode = packed === 0 && unread.length === 0 ? 0 : 1;
