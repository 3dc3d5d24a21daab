#!/usr/bin/env node
import { main } from '../dist/node/ingress-program.js';

process.exitCode = await main(process.argv.slice(2));
