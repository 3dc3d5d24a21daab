const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NUMBER = /^[0-9]+$/;

/** True for a name that a public CA could sign: lower case, with a domain, and no address. */
export function isPublicName(name: string): boolean {
  const labels = name.split('.');
  return name.length <= 253 && labels.length > 1 && labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1)!);
}
