/** A request that must not be read in two ways. */
export interface Hostile {
  name: string;
  /** Latin1; several parts are sent in packets of their own. */
  send: string | string[];
  /** Statuses of all answers, in order; after the last one the connection must be closed. */
  answers: number[];
  /** What an instance may see, as `METHOD target body`; nothing unless said otherwise. */
  seen?: string[];
}

const GET = 'GET / HTTP/1.1\r\nHost: app.localhost\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: app.localhost\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n`;

function refused(name: string, send: string | string[], status = 400): Hostile {
  return { name, send, answers: [status] };
}

const CONTRADICTORY_LENGTHS: Hostile[] = [
  refused('CL.TE: both lengths', `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`),
  refused(
    'TE.CL: both lengths, the other order',
    `${CHUNKED}Content-Length: 4\r\n\r\n5c\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ),
  refused('CL.CL: two different lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`),
  refused('CL.CL: two equal lengths', `${POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`),
  refused('CL.CL: a list in one field', `${POST}Content-Length: 5, 5\r\n\r\nhello`),
  refused('length zero and chunked', `${CHUNKED}Content-Length: 0\r\n\r\n0\r\n\r\n`),
  refused('TE.TE: chunked twice', `${CHUNKED}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  refused('TE.TE: chunked and identity', `${CHUNKED}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n`),
  refused('TE.TE: chunked then an unknown coding', `${CHUNKED}Transfer-encoding: cow\r\n\r\n0\r\n\r\n`),
  refused(
    'TE in HTTP/1.0',
    'POST / HTTP/1.0\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
];

const BAD_LENGTHS: Hostile[] = [
  '+5',
  '-5',
  '0x5',
  '5 5',
  '5,',
  '',
  '5;a',
  '1e1',
  '5.0',
  '"5"',
  '9'.repeat(16),
  '9'.repeat(40),
].map((value) =>
  refused(`Content-Length: ${value.slice(0, 20)}`, `${POST}Content-Length: ${value}\r\n\r\nhello`),
);

const BAD_CODINGS: Hostile[] = [
  ['xchunked', 'xchunked'],
  ['chunked with a comma before', ', chunked'],
  ['chunked with a comma behind', 'chunked,'],
  ['chunked in quotes', '"chunked"'],
  ['chunked with a parameter', 'chunked;q=1'],
  ['identity', 'identity'],
  ['gzip, chunked', 'gzip, chunked'],
  ['chunked, gzip', 'chunked, gzip'],
  ['chunked, chunked', 'chunked, chunked'],
  ['empty', ''],
  ['vertical tab before', '\x0bchunked'],
  ['form feed behind', 'chunked\x0c'],
  ['no-break space behind', 'chunked\xa0'],
  ['NUL behind', 'chunked\0'],
  ['bare CR behind', 'chunked\r'],
  ['DEL behind', 'chunked\x7f'],
].map(([name, value]) =>
  refused(`Transfer-Encoding: ${name}`, `${POST}Transfer-Encoding: ${value}\r\n\r\n0\r\n\r\n`),
);

const BAD_FIELDS: Hostile[] = [
  refused('space before the colon', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`),
  refused('tab before the colon', `${POST}Content-Length\t: 5\r\n\r\nhello`),
  refused('vertical tab before the colon', `${POST}Transfer-Encoding\x0b: chunked\r\n\r\n0\r\n\r\n`),
  refused('space before the name (first field)', 'GET / HTTP/1.1\r\n Host: app.localhost\r\n\r\n'),
  refused('obsolete folding with space', `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`),
  refused('obsolete folding with tab', `${GET}X-A: b\r\n\tc: d\r\n\r\n`),
  refused('a line without a colon', `${GET}Transfer-Encoding\r\n\r\n`),
  refused('an empty name', `${GET}: value\r\n\r\n`),
  refused('a name in quotes', `${GET}"Transfer-Encoding": chunked\r\n\r\n`),
  refused('a name with a non-ASCII letter', `${GET}Transfer-Encod\xecng: chunked\r\n\r\n`),
  refused('a name with brackets', `${GET}X[0]: 1\r\n\r\n`),
  refused('NUL in a name', `${GET}Content\0-Length: 5\r\n\r\n`),
  refused('NUL in a value', `${GET}X: a\0b\r\n\r\n`),
  refused('bare LF between fields', `${POST}X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  refused('bare CR between fields', `${POST}X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  refused('bare CR in a name', `${POST}X\r: a\r\n\r\n`),
  refused('CR CR LF', `${GET}X: a\r\r\n\r\n`),
  refused('LF only everywhere', 'GET / HTTP/1.1\nHost: app.localhost\n\n'),
  refused('LF only at the end of the head', 'GET / HTTP/1.1\r\nHost: app.localhost\r\n\n'),
  refused('LF CR', 'GET / HTTP/1.1\n\rHost: app.localhost\n\r\n\r'),
  refused('underscore spelling of Content-Length', `${POST}Content_Length: 5\r\n\r\n`),
  refused('underscore spelling of Transfer-Encoding', `${POST}Transfer_Encoding: chunked\r\n\r\n`),
  refused(
    'Connection takes Content-Length away',
    `${POST}Connection: Content-Length\r\nContent-Length: 5\r\n\r\nhello`,
  ),
  refused('Connection takes Host away', `${GET}Connection: close, Host\r\n\r\n`),
  refused(
    'Connection takes Transfer-Encoding away',
    `${CHUNKED}Connection: transfer-encoding\r\n\r\n0\r\n\r\n`,
  ),
  refused('Connection that is no list of tokens', `${GET}Connection: close @\r\n\r\n`),
  refused('too many fields', `${GET}${'X-A: b\r\n'.repeat(101)}\r\n`, 431),
  refused('a head that is too long', `${GET}X-A: ${'b'.repeat(20_000)}\r\n\r\n`, 431),
  refused('an unknown expectation', `${POST}Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello`, 417),
  refused(
    'an obfuscated expectation (0.CL)',
    `${POST}Expect: y 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
    417,
  ),
  refused(
    'two expectations',
    `${POST}Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  ),
];

const BAD_HOSTS: Hostile[] = [
  refused('no Host', 'GET / HTTP/1.1\r\n\r\n'),
  refused('two Hosts', `${GET}Host: other.localhost\r\n\r\n`),
  refused('two equal Hosts', `${GET}Host: app.localhost\r\n\r\n`),
  refused('an empty Host', 'GET / HTTP/1.1\r\nHost: \r\n\r\n'),
  refused('Host with a path', 'GET / HTTP/1.1\r\nHost: app.localhost/a\r\n\r\n'),
  refused('Host with user information', 'GET / HTTP/1.1\r\nHost: user@app.localhost\r\n\r\n'),
  refused('Host with a space', 'GET / HTTP/1.1\r\nHost: app.localhost other\r\n\r\n'),
  refused('Host with two ports', 'GET / HTTP/1.1\r\nHost: app.localhost:80:80\r\n\r\n'),
  refused('Host as a list', 'GET / HTTP/1.1\r\nHost: app.localhost, other\r\n\r\n'),
  refused(
    'absolute target of another host',
    'GET http://other.localhost/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n',
  ),
  refused(
    'absolute target with another port',
    'GET http://app.localhost:81/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n',
  ),
  refused(
    'absolute target with user information',
    'GET http://a@app.localhost/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n',
  ),
  refused(
    'absolute target of another scheme',
    'GET ftp://app.localhost/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n',
  ),
];

const BAD_LINES: Hostile[] = [
  refused('two spaces before the target', 'GET  / HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('two spaces before the version', 'GET /  HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a tab before the target', 'GET\t/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a space inside the target', 'GET /a b HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a space before the method', ' GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a space behind the version', 'GET / HTTP/1.1 \r\nHost: app.localhost\r\n\r\n'),
  refused('an empty line before the request', `\r\n${GET}\r\n`),
  refused('a method in lower case', 'get / HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a method with a colon', 'GET: / HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('no method', '/ HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('no version (HTTP/0.9)', 'GET /\r\n\r\n'),
  refused('version in lower case', 'GET / http/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('version HTTP/1.10', 'GET / HTTP/1.10\r\nHost: app.localhost\r\n\r\n'),
  refused('version HTTP/1,1', 'GET / HTTP/1,1\r\nHost: app.localhost\r\n\r\n'),
  refused('version HTTP/2.0', 'GET / HTTP/2.0\r\nHost: app.localhost\r\n\r\n', 505),
  refused('the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505),
  refused('a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'),
  refused('CONNECT', 'CONNECT app.localhost:80 HTTP/1.1\r\nHost: app.localhost\r\n\r\n', 405),
  refused('TRACE', 'TRACE / HTTP/1.1\r\nHost: app.localhost\r\n\r\n', 405),
  refused('an asterisk target', 'OPTIONS * HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a target without a slash', 'GET index.html HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused('a target with a raw UTF-8 letter', 'GET /\xc3\xa9 HTTP/1.1\r\nHost: app.localhost\r\n\r\n'),
  refused(
    'a target that is too long',
    `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: app.localhost\r\n\r\n`,
    414,
  ),
  refused('a request line without an end', `GET /${'a'.repeat(20_000)}`, 414),
];

const BAD_CHUNKS: Hostile[] = [
  ['a size in 0x form', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a signed size', '+5\r\nhello\r\n0\r\n\r\n'],
  ['an empty size', '\r\nhello\r\n0\r\n\r\n'],
  ['a space before the size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a space behind the size', '5 \r\nhello\r\n0\r\n\r\n'],
  ['an underscore in the size', '1_0\r\nhello\r\n0\r\n\r\n'],
  ['a size that overflows 32 bits', '100000005\r\nhello\r\n0\r\n\r\n'],
  ['a size that overflows 64 bits', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ['leading zeros without end', `${'0'.repeat(64)}5\r\nhello\r\n0\r\n\r\n`],
  ['an extension', '5;a=b\r\nhello\r\n0\r\n\r\n'],
  ['an extension with LF (TERM.EXT)', `5;\nxx\r\nhello\r\n0\r\n\r\n`],
  ['an extension with CR (EXT.TERM)', `5;a\rb\r\nhello\r\n0\r\n\r\n`],
  ['an endless extension', `5;${'a'.repeat(9_000)}\r\nhello\r\n0\r\n\r\n`],
  ['size line ended by LF', '5\nhello\r\n0\r\n\r\n'],
  ['size line ended by CR', '5\rhello\r\n0\r\n\r\n'],
  ['chunk ended by LF', '5\r\nhello\n0\r\n\r\n'],
  ['chunk longer than its size (SPILL)', '5\r\nhelloXX\r\n0\r\n\r\n'],
  ['chunk shorter than its size', '6\r\nhello\r\n0\r\n\r\n'],
  ['two bytes of anything for CR LF (TERM.SPILL)', '5\r\nhelloXX0\r\n\r\n'],
  ['last chunk ended by LF', '5\r\nhello\r\n0\n\n'],
  ['bare LF in the trailer', '0\r\nX: a\nY: b\r\n\r\n'],
  ['folded trailer', '0\r\nX: a\r\n b\r\n\r\n'],
  ['trailer without a colon', '0\r\nGET / HTTP/1.1\r\n\r\n'],
  ['Content-Length as a trailer', '0\r\nContent-Length: 5\r\n\r\n'],
  ['Transfer-Encoding as a trailer', '0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['Host as a trailer', '0\r\nHost: other.localhost\r\n\r\n'],
  ['X-Forwarded-For as a trailer', '0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n'],
  ['underscore spelling in a trailer', '0\r\nContent_Length: 4\r\n\r\n'],
].map(([name, body]) => refused(`chunks: ${name}`, `${CHUNKED}\r\n${body}`));

const LONG_TRAILER = refused(
  'chunks: a trailer that is too long',
  `${CHUNKED}\r\n0\r\nX: ${'a'.repeat(9_000)}\r\n\r\n`,
  431,
);

const CONFUSING_PATHS: Hostile[] = [
  '/../x',
  '/a/../x',
  '/a/..',
  '/./x',
  '/%2e%2e/x',
  '/%2E./x',
  '/a/..%2fx',
  '/a/..%5cx',
  '/a%2f..%2fx',
  '/..;/x',
  '/%252e%252e/x',
  '//evil.example/x',
  '/a\\..\\x',
  '/a%00b',
  '/a%zz',
  '/a%2',
  '/a#b',
].map((path) =>
  refused(`path ${path}`, `GET ${path} HTTP/1.1\r\nHost: app.localhost\r\nConnection: close\r\n\r\n`),
);

const UPGRADES: Hostile[] = [
  refused(
    'an upgrade with a body',
    `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello`,
  ),
  refused(
    'an upgrade with chunks',
    `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  refused('two upgrades', `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n`),
];

export const HOSTILE: Hostile[] = [
  ...CONTRADICTORY_LENGTHS,
  ...BAD_LENGTHS,
  ...BAD_CODINGS,
  ...BAD_FIELDS,
  ...BAD_HOSTS,
  ...BAD_LINES,
  ...BAD_CHUNKS,
  LONG_TRAILER,
  ...CONFUSING_PATHS,
  ...UPGRADES,
];
