const LONGEST = 63;

/** A label for DNS from what a host calls itself. */
export function hostLabel(hostname: string): string {
  const [first = ''] = hostname.toLowerCase().split('.');
  const label = first.replaceAll(/[^a-z0-9]+/g, '-').slice(0, LONGEST - 6);
  return trimHyphens(label) || 'node';
}

/** The label, or the first of label-1, label-2, … that is free. */
export function freeLabel(label: string, isTaken: (label: string) => boolean): string {
  if (!isTaken(label)) return label;
  for (let n = 1; ; n++) if (!isTaken(`${label}-${n}`)) return `${label}-${n}`;
}

function trimHyphens(label: string): string {
  return label.replace(/^-+/, '').replace(/-+$/, '');
}
