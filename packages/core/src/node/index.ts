export { fileStore } from './file-state-store.js';
