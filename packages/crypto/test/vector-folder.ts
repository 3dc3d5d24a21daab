import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The folder that HEDDLE_VECTORS names, or its usual place beside the project. */
export const vectorFolder: string = resolve(root, process.env.HEDDLE_VECTORS ?? '../shared/vectors');
export const vectorsAreThere: boolean = existsSync(vectorFolder);
/** With the variable set, an absent folder is a failure; without it, the files are not run. */
export const vectorsAreAskedFor: boolean = process.env.HEDDLE_VECTORS !== undefined;

export interface WycheproofFile<Case> {
  readonly numberOfTests: number;
  readonly testGroups: readonly { readonly tagSize?: number; readonly tests: readonly Case[] }[];
}

export function readVectors<T>(file: string): T {
  return JSON.parse(readFileSync(resolve(vectorFolder, file), 'utf8')) as T;
}
