// A clone installs by `npm ci`, which refuses a lockfile that has fallen behind some package.json: asks it beforehand.
import { npm } from '../launch/npm.mjs';

const failed = await npm(['ci', '--dry-run', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--silent']);
console.log(failed === 0 ? 'npm ci would install it' : 'package-lock.json has fallen behind: npm install');
process.exitCode = failed;
