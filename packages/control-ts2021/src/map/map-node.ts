import type { Bytes, Capabilities, PeerService } from '@heddle/core';
import { PublicKey } from '@heddle/crypto';
import { type Capability, readCapabilities } from './capability-map.js';
import { isRestricted, type WireReader } from './wire-reader.js';
