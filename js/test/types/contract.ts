// How samples of the core's replies are held against their types: see testdata/contract.

/** A value with every optional member there. A call and a state are the core's own, and read by nobody else. */
export type Full<T> = T extends { readonly opaque: symbol } | { readonly opaqueCall: symbol }
  ? T
  : T extends readonly (infer Item)[]
    ? Full<Item>[]
    : T extends object
      ? { [Name in keyof T]-?: Full<T[Name]> }
      : T;

type Word<T> = T extends { do: infer W extends string } ? W : T extends { kind: infer W extends string } ? W : '';

/** The members of each case of a union: `send.endpoint`, `failback.from`. */
export type Members<T> = T extends unknown ? `${Word<T>}.${keyof T & string}` : never;

/** Takes no type but `never`: what it names is written in TypeScript, and Go has it not, or the other way round. */
export type None<T extends never> = T;
