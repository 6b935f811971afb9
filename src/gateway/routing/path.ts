/** A request target split for routing. */
export interface TargetPath {
  /** As sent, without the query. */
  path: string;
  /** `?` and what follows, or empty. */
  query: string;
  /** Segments after the first slash with needlessly encoded letters decoded: what routes are matched with. */
  segments: string[];
}

/**
 * Splits an origin-form target, or null for one that two readers could route differently: dot segments in any
 * spelling (`..`, `%2e%2E`, `..%2f`), a leading `//`, backslashes, fragments, NUL, broken percent signs.
 * Inner empty segments and `%2F` inside a segment are left as they are: they never become a separator here.
 */
export function splitTarget(target: string): TargetPath | null {
  const queryAt = target.indexOf('?');
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  if (target.includes('#') || path.includes('\\') || path.startsWith('//')) return null;
  const isEncoded = path.includes('%');
  if (isEncoded && /%(?![0-9A-Fa-f]{2})|%00/.test(path)) return null;
  const segments = (isEncoded ? decodeUnreserved(path) : path).slice(1).split('/');
  if (segments.some(hidesDots)) return null;
  return { path, query: queryAt === -1 ? '' : target.slice(queryAt), segments };
}

/** The target without its first `count` segments; null when what is left begins with `//`. */
export function cutSegments(target: TargetPath, count: number): string | null {
  let position = 0;
  for (let cut = 0; cut < count; cut++) {
    const next = target.path.indexOf('/', position + 1);
    if (next === -1) return `/${target.query}`;
    position = next;
  }
  const rest = target.path.slice(position);
  return rest.startsWith('//') ? null : rest + target.query;
}

function hidesDots(segment: string): boolean {
  if (segment === '.' || segment === '..') return true;
  if (!segment.includes('%') && !segment.includes(';')) return false;
  const parts = fullyDecoded(segment).split(/[/\\;]/);
  return parts.some((part) => part === '.' || part === '..');
}

// `%252e` is `.` for a reader that decodes twice; three rounds cover what servers were ever seen to do.
function fullyDecoded(segment: string): string {
  let decoded = segment;
  for (let round = 0; round < 3; round++) {
    decoded = decoded.replace(/%(25|2e|2f|5c|3b)/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return decoded;
}

// RFC 3986, 6.2.2.2: `%61` and `a` are the same letter, so `/%61pi` must be routed as `/api`.
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded;
  });
}
