// The dashboard's API, relative to the page. What is not an answer becomes an ApiError with the problem's own words.

let token = null;

/** A refusal or a failure: the status (0 when there was no answer), the problem's title and detail. */
export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title || String(status));
    this.status = status;
    this.title = title ?? null;
    this.detail = detail ?? null;
  }
}

/** Who we are, and the token that every action needs. */
export async function beginSession() {
  const session = await get(['session']);
  token = session.token;
  return session;
}

/** Asks. The path's parts are escaped; empty query fields are left out. */
export function get(path, query, signal) {
  return ask(address(path, query), { signal });
}

/** Acts. */
export function post(path, body) {
  const headers = { 'Content-Type': 'application/json', 'X-Fat-Token': token ?? '' };
  return ask(address(path), { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The address of a resource. */
export function address(path, query) {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '')
      fields.set(name, value);
  }
  const text = fields.toString();
  return 'api/' + path.map(encodeURIComponent).join('/') + (text ? '?' + text : '');
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', redirect: 'manual', ...options });
  } catch (error) {
    if (error.name === 'AbortError')
      throw error;
    throw new ApiError(0, null, null);
  }

  // A redirect leads to a sign-in page, which is no answer.
  if (response.type === 'opaqueredirect')
    throw new ApiError(401, null, null);
  const body = await read(response);
  if (!response.ok)
    throw new ApiError(response.status, body?.title, body?.detail);
  if (body === null)
    throw new ApiError(response.status, null, null);
  return body;
}

async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError')
      throw error;

    // Not JSON: something in between has answered.
    return null;
  }
}
