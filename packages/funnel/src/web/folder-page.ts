/** The names in a folder, those of folders with a slash at the end, as a page of links; as plain as the one of Go's file server. */
export function folderPage(names: readonly string[]): string {
  const links = names.toSorted().map((name) => `<a href="./${encodeURIComponent(name).replace(/%2F$/, '/')}">${escaped(name)}</a>\n`);
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;');
}
