const BLOCK = 16;

/** WireGuard pads to 16 bytes, but never beyond the MTU of the interface; MTU 0 means none. */
export function paddedLength(length: number, mtu: number): number {
  if (mtu === 0) return roundUp(length);
  const last = length > mtu ? length % mtu : length;
  return length - last + Math.min(roundUp(last), mtu);
}

function roundUp(length: number): number {
  return (length + BLOCK - 1) & -BLOCK;
}
