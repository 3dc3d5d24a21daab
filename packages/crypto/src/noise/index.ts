export { CipherState } from './cipher-state.js';
export { IkInitiator, type IkProtocol, IkResponder, type InitiatorKeys } from './ik.js';
export { type NoiseSuite, SymmetricState } from './symmetric-state.js';
