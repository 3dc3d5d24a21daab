export { EarlyPayload } from './early-payload.js';
export { type Frame, FrameReader } from './frame-reader.js';
export {
  decodeInitiation,
  ERROR,
  encodeFrame,
  encodeInitiation,
  HEADER,
  INITIATION,
  LARGEST_PLAINTEXT,
  RECORD,
  RESPONSE,
} from './frames.js';
export { type Ciphers, ControlHandshake, controlProtocol } from './handshake.js';
export { RecordCipher } from './record-cipher.js';
export { sealRecords } from './records.js';
