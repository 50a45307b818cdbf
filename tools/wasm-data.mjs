// Joins the data segments of a wasm that Go's linker wrote.
//
// The linker leaves zeros out, also the 18 between each two octets of its table of functions: 93,000 segments here,
// where engines take 100,000 at most, each of them decoded before the program starts. Joined over gaps of up to maxGap
// there are about 300, and the file is 5 % smaller when compressed (a tenth larger when not).

const maxGap = 32; // at 20 the table is joined; beyond 32 hardly a segment is left
const dataSection = 11;

/** Returns the same module with fewer data segments. Throws when it has a form that Go's linker does not write. */
export function joinDataSegments(wasm) {
  const module = new Reader(wasm);
  const parts = [module.take(8)]; // magic and version
  while (!module.atEnd) {
    const id = module.take(1);
    const body = module.take(module.unsigned());
    parts.push(id, ...sized(id[0] === dataSection ? joined(new Reader(body)) : body));
  }
  return Buffer.concat(parts);
}

function joined(section) {
  const runs = [];
  const count = section.unsigned();
  for (let i = 0; i < count; i++) {
    expect(section, 0, 'an active segment of memory 0');
    expect(section, 0x41, 'an offset that is i32.const');
    const offset = section.signed();
    expect(section, 0x0b, 'the end of the offset');
    const bytes = section.take(section.unsigned());
    const run = runs.at(-1);
    const gap = run ? offset - run.end : Infinity;
    if (gap >= 0 && gap <= maxGap) {
      run.parts.push(Buffer.alloc(gap), bytes);
      run.end += gap + bytes.length;
    } else {
      runs.push({ offset, parts: [bytes], end: offset + bytes.length });
    }
  }
  if (!section.atEnd) throw new Error('the data section goes on after its segments');
  return Buffer.concat([
    unsigned(runs.length),
    ...runs.flatMap(({ offset, parts }) => [
      Buffer.from([0, 0x41]),
      signed(offset),
      Buffer.from([0x0b]),
      ...sized(Buffer.concat(parts)),
    ]),
  ]);
}

function expect(reader, octet, what) {
  const got = reader.take(1)[0];
  if (got !== octet) throw new Error(`expected ${what} (0x${octet.toString(16)}), got 0x${got.toString(16)}`);
}

const sized = (bytes) => [unsigned(bytes.length), bytes];

class Reader {
  #at = 0;
  #bytes;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get atEnd() {
    return this.#at === this.#bytes.length;
  }

  take(length) {
    if (this.#at + length > this.#bytes.length) throw new Error('the module ends early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  // LEB128 of up to 32 bits. Source: WebAssembly Core Specification §5.2.2.
  unsigned() {
    return this.#leb().value >>> 0;
  }

  signed() {
    const { value, bits, last } = this.#leb();
    return bits < 32 && last & 0x40 ? value | (-1 << bits) : value;
  }

  #leb() {
    for (let value = 0, bits = 0; ;) {
      const [octet] = this.take(1);
      value |= (octet & 0x7f) << bits;
      bits += 7;
      if (octet < 0x80) return { value, bits, last: octet };
    }
  }
}

function unsigned(n) {
  const octets = [];
  for (; n >= 0x80; n >>>= 7) octets.push((n & 0x7f) | 0x80);
  return Buffer.from([...octets, n]);
}

function signed(n) {
  const octets = [];
  for (; n < -0x40 || n > 0x3f; n >>= 7) octets.push((n & 0x7f) | 0x80);
  return Buffer.from([...octets, n & 0x7f]);
}
