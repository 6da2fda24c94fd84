/** Bodies that no route may take, and values that no member may have. */

export interface BadBody {
  readonly what: string
  readonly bytes: string | Uint8Array
  readonly status: 400 | 413 | 415
  readonly headers?: Readonly<Record<string, string>>
}

const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

const withMember = (good: object, member: string): string => `${JSON.stringify(good).slice(0, -1)},${member}}`

const text = (good: object): string => JSON.stringify(good)

/** Bodies made from one that would be taken; what is wrong is all that is wrong with them. */
export const badBodies = (good: Readonly<Record<string, unknown>>): readonly BadBody[] => {
  const [first = ''] = Object.keys(good)
  const malformed: Record<string, string | Uint8Array> = {
    nothing: '',
    'white space': ' \r\n\t',
    'half an object': text(good).slice(0, -1),
    'two objects': text(good) + text(good),
    'a trailing comma': withMember(good, ''),
    'single quotes': text(good).replaceAll('"', "'"),
    'a comment': `/**/${text(good)}`,
    'an array': '[]',
    'an array around it': `[${text(good)}]`,
    null: 'null',
    text: '"text"',
    'a number': '5',
    true: 'true',
    NaN: withMember(good, '"x":NaN'),
    'a member twice': withMember(good, `${JSON.stringify(first)}:"other"`),
    'a member twice, once escaped': withMember(
      good,
      `"\\u${(first.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}${first.slice(1)}":"other"`,
    ),
    'a member __proto__': withMember(good, '"__proto__":{"is_admin":true}'),
    'a member constructor': withMember(good, '"constructor":{"prototype":{"is_admin":true}}'),
    'an escaped __proto__': withMember(good, '"\\u005f_proto__":{}'),
    '17 levels': nested(17),
    '30,000 levels': nested(30_000),
    'NUL in a name': withMember(good, '"a\\u0000b":1'),
    'half a surrogate pair in a name': withMember(good, '"\\ud800":1'),
    'a raw control character': withMember(good, '"x":"a\u0001b"'),
    'a number beyond all numbers': withMember(good, '"x":1e999'),
    'a number that can not be kept': withMember(good, '"x":12345678901234567890'),
    'a byte order mark': `\ufeff${text(good)}`,
    'UTF-16': Buffer.from(text(good), 'utf16le'),
    'bytes that are no UTF-8': Buffer.concat([
      Buffer.from(text(good).slice(0, -1)),
      Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ]),
    'an overlong UTF-8 spelling': Buffer.concat([
      Buffer.from(text(good).slice(0, -1)),
      Buffer.from([0x2c, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    ]),
    'random bytes': Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 167 + 13) % 256)),
    XML: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  }
  const json = { 'Content-Type': 'application/json' }
  const tooLarge = { '64 KiB and more': 70_000, '2 MiB': 2 * 1024 * 1024 }
  const types = [
    undefined,
    '',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json, text/html',
    'application/json/x',
    'nonsense',
  ]
  return [
    ...Object.entries(malformed).map(
      ([what, bytes]): BadBody => ({ what, bytes, status: 400, headers: json }),
    ),
    ...Object.entries(tooLarge).map(
      ([what, size]): BadBody => ({
        what,
        bytes: withMember(good, `"x":"${'x'.repeat(size)}"`),
        status: 413,
        headers: json,
      }),
    ),
    ...types.map(
      (type): BadBody => ({
        what: `Content-Type ${type ?? 'missing'}`,
        bytes: text(good),
        status: 415,
        headers: type === undefined ? {} : { 'Content-Type': type },
      }),
    ),
    ...['gzip', 'br', 'deflate', 'nonsense'].map(
      (encoding): BadBody => ({
        what: `Content-Encoding ${encoding}`,
        bytes: text(good),
        status: 415,
        headers: { ...json, 'Content-Encoding': encoding },
      }),
    ),
  ]
}

/** JSON texts of values that are no text, no flag and no object of the user's making. */
export const badValues: readonly string[] = [
  'null',
  '0',
  '-1.5',
  '1e308',
  '[]',
  '["a"]',
  '[[[["a"]]]]',
  '"a\\u0000b"',
  '"\\ud800"',
  '""',
]

/** The same where an object may be given. */
export const badObjects: readonly string[] = [
  ...badValues.filter(value => value !== '""'),
  '"{}"',
  'true',
  '{"a":"\\u0000"}',
  '{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}',
  `{"a":"${'x'.repeat(9_000)}"}`,
  `{${Array.from({ length: 51 }, (_, index) => `"k${index}":1`).join(',')}}`,
]

/** Where text is wanted, an object is as wrong as a number; these are the ones that query languages read. */
export const operatorObjects: readonly string[] = ['{}', '{"$ne":null}', '{"$gt":""}', '{"length":8}']

/** The JSON text of `good` with one member put in. */
export const withValue = (good: Readonly<Record<string, unknown>>, member: string, value: string): string =>
  `{${Object.entries({ ...good, [member]: undefined })
    .map(([name, each]) => `${JSON.stringify(name)}:${name === member ? value : JSON.stringify(each)}`)
    .join(',')}}`
