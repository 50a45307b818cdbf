// Values of every kind that JSON, structured clone, a header and a clock know, chosen by a seed.

/** Numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const oneOf = (random, values) => values[Math.floor(random() * values.length)];

const day = 86_400_000;

/** What a clock may show: from 1970 to 275760, and just beside now. */
export const moments = (nowMs = Date.now()) => [
  0,
  1,
  Date.UTC(2001, 0),
  Date.UTC(2020, 0) - 1,
  nowMs - 400 * day,
  nowMs - day,
  nowMs + 4 * 60_000,
  nowMs + 6 * 60_000,
  nowMs + 49 * day,
  nowMs + 400 * day,
  Date.UTC(2101, 0),
  8.64e15 - 1,
];

const numbers = [0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, 5e-324, NaN, Infinity, -Infinity, 8.64e15 + 1];
const texts = [
  '',
  ' ',
  'text',
  '0',
  'null',
  '__proto__',
  '\u0000',
  '\ud800',
  '\u202e',
  '[object Object]',
  '<a>',
  '%',
  '=,;',
];

/** Kinds that only structured clone knows. */
const cloned = [
  () => undefined,
  () => 10n,
  () => -(2n ** 70n),
  () => new Date(0),
  () => new Date(NaN),
  () => /x/gu,
  () => new Map([[1, new Map()]]),
  () => new Set(['x']),
  () => new ArrayBuffer(0),
  () => new ArrayBuffer(9),
  () => new Uint8Array(3),
  () => new Float64Array(2),
  () => new DataView(new ArrayBuffer(4)),
  () => new Error('patient 85071599987'),
  () => new RangeError('x', { cause: 10n }),
  () => Object(true),
  () => Object(5),
  () => Object('text'),
  () => Object(10n),
  () => circle(),
  () => [,],
];

const circle = () => {
  const list = [{}];
  list[0].list = list;
  return list;
};

const deep = () => {
  let value = [];
  for (let i = 0; i < 300; i++) value = [value];
  return value;
};

/** A value that JSON can hold. */
export function jsonValue(random, depth = 3) {
  const kind = Math.floor(random() * (depth > 0 ? 9 : 7));
  if (kind === 0) return oneOf(random, [null, true, false]);
  if (kind <= 2) return oneOf(random, numbers.filter(Number.isFinite));
  if (kind === 3) return oneOf(random, moments());
  if (kind <= 5) return oneOf(random, texts);
  if (kind === 6) return random() < 0.05 ? deep() : random() < 0.05 ? 'x'.repeat(100_000) : [];
  return container(random, (next) => jsonValue(random, next), depth);
}

/** A value that structured clone can hold. */
export function anyValue(random, depth = 3) {
  const choice = random();
  if (choice < 0.3) return oneOf(random, cloned)();
  if (choice < 0.4) return oneOf(random, numbers);
  if (choice < 0.7 || depth === 0) return jsonValue(random, depth);
  return container(random, (next) => anyValue(random, next), depth);
}

const names = [
  'v',
  'nowMs',
  'atMs',
  'type',
  'octets',
  'id',
  'size',
  'count',
  'validUntilMs',
  'length',
  'then',
  'toJSON',
];

function container(random, make, depth) {
  const length = Math.floor(random() * 4);
  if (random() < 0.4) return Array.from({ length }, () => make(depth - 1));
  return Object.fromEntries(Array.from({ length }, () => [oneOf(random, names), make(depth - 1)]));
}

const isPlain = (value) => [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(Object(value)));

/** The value with one part of it, at any depth, replaced, left out, or added; or another value altogether. */
export function changed(random, value, make = anyValue) {
  const keys = value !== null && isPlain(value) ? Object.keys(value) : [];
  if (keys.length === 0 || random() < 0.25) return make(random);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const key = oneOf(random, keys);
  const choice = random();
  if (choice < 0.15) delete copy[key];
  else if (choice < 0.25) copy[oneOf(random, names)] = make(random);
  else copy[key] = changed(random, copy[key], make);
  return copy;
}

/** What stands for a header: absent, doubled, huge, of other kinds. */
export function headerValue(random, right) {
  const values = [
    undefined,
    '',
    right,
    [right, right],
    ['text/html', right],
    '5',
    '-1',
    '1e3',
    '9'.repeat(30),
    'x'.repeat(900),
  ];
  return oneOf(random, [
    ...values,
    `${right};${right}`,
    `"${right}"`,
    '\u00e9\u00ff',
    'text/xml; charset=utf-7',
    ',,,',
  ]);
}
