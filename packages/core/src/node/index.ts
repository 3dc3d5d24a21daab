export { fileStore } from './file-state-store.js';
export { hostLookup } from './host-lookup.js';
