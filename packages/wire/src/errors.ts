/** What each code of this package means and what to do. */
export const WIRE_ERRORS: Readonly<Record<'HEDDLE_WIRE_MISUSE', { readonly says: string; readonly cure: string }>> = {
  HEDDLE_WIRE_MISUSE: {
    says: 'A value has no form on the wire, or the buffer given has no room for it. Bytes from the network never lead here.',
    cure: 'Pass what the message asks for.',
  },
};
