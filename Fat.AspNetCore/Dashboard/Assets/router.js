// Routes are hashes (#/groups?state=open), so no address needs to know under which path the dashboard is mounted.

/** The address of a page: its path, a part each, and its query; empty values are left out. */
export function href(path, query) {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '')
      fields.set(name, value);
  }
  const text = fields.toString();
  return '#/' + path.map(encodeURIComponent).join('/') + (text ? '?' + text : '');
}

/** What an address says. */
export function parse(hash) {
  const [path, query] = split(hash.replace(/^#\/?/, ''), '?');
  return { path: path.split('/').filter(part => part !== '').map(decode), query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Goes to a page. */
export function go(path, query) {
  location.hash = href(path, query);
}

function split(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not an address of ours; what is written there is looked for as it is, and not found.
    return part;
  }
}
