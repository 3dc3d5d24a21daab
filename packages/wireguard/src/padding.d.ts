/** WireGuard pads to 16 bytes, but never beyond the MTU of the interface; MTU 0 means none. */
export declare function paddedLength(length: number, mtu: number): number;
