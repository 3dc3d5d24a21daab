/** From when to when a certificate holds, as Date.now() tells it. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A renewal begins when two thirds of the life are over, as most CAs advise: a third is left for what may go wrong. */
export function renewalTime({ notBefore, notAfter }: Validity): number {
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}

export function isExpired({ notAfter }: Validity, wall: number): boolean {
  return wall >= notAfter;
}
