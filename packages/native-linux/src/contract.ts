import type { Bytes } from '@heddle/core';

/** What to open. */
export interface TunOptions {
  /** Name of the interface, 15 characters at most; `%d` in it becomes a free number. Default `heddle%d`. */
  readonly name?: string;
  /** An open descriptor of a TUN interface, made by somebody else; then `name` is not used. Closed with the device. */
  readonly fd?: number;
  /** Default: what the interface has. */
  readonly mtu?: number;
  /** Virtio-net headers, with checksums and TCP segmentation left to us. Default true; an inherited descriptor stays as it is. */
  readonly offload?: boolean;
}

/** What the interface is like now. */
export interface TunLink {
  /** As it is called in its own namespace, after all renaming. */
  readonly name: string;
  readonly mtu: number;
  readonly up: boolean;
}

export interface TunEvents {
  /** Packets wait. Called once a turn of the event loop, as long as some do. */
  readable(): void;
  /** The interface was renamed, moved, set up or down, or has another MTU. */
  changed?(link: TunLink): void;
  /** The interface is no more. The device is closed. */
  deleted?(): void;
}

/** An open TUN interface. Nothing here waits. */
export interface TunDevice {
  /** Whether each frame that is read or written begins with the 10 bytes of a virtio-net header. */
  readonly vnetHeader: boolean;
  /** Asks the kernel; the last known state when the interface is no more. */
  readonly link: TunLink;
  /** Packets for which the interface's queue had no room, since it was made. Costs as much as reading a file. */
  readonly dropped: number;
  /** Begins to tell what happens; called once. */
  watch(events: TunEvents): void;
  /** While paused, `readable` is not called, and the kernel drops what exceeds its queue. */
  pause(paused: boolean): void;
  /** Reads one frame to `offset` and returns its length; 0: none waits. What does not fit into `room` is cut. */
  read(slab: Bytes, offset: number, room: number): number;
  /** Writes one frame; 0: taken. Otherwise the system's error number: 5 (EIO) when the interface is down. */
  write(slab: Bytes, offset: number, length: number): number;
  setMtu(mtu: number): void;
  /** The interface goes, unless somebody else holds it. Idempotent; no event comes afterwards. */
  close(): void;
}

/** Opens TUN interfaces: `openTun`, or a simulated one. */
export type OpenTun = (options: TunOptions) => Promise<TunDevice>;
