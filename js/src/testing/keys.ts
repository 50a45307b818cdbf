// What making and signing need of a host: keys, digests, signatures. Node gives them at once, a browser later; the
// steps are the same.
export type Octets = Uint8Array<ArrayBuffer>;

/** A key pair of RSA. */
export interface Keys {
  /** Known to the host alone. */
  secret: unknown;
  /** The public key, as SubjectPublicKeyInfo. */
  spki: Octets;
}

/** RSA of 2048 bits, SHA-256, and signatures of RSASSA-PKCS1-v1_5 with it. */
export interface Host<Sync extends boolean> {
  makeKeys(): Sync extends true ? Keys : Promise<Keys>;
  digest(data: Octets): Sync extends true ? Octets : Promise<Octets>;
  sign(data: Octets, secret: unknown): Sync extends true ? Octets : Promise<Octets>;
}

type Need = (host: Host<boolean>) => Keys | Octets | Promise<Keys | Octets>;

/** Work that asks its host by `yield`. */
export type Steps<T> = Generator<Need, T, never>;

export function* newKeys(): Steps<Keys> {
  return yield (host) => host.makeKeys();
}

export function* digestOf(data: Octets): Steps<Octets> {
  return yield (host) => host.digest(data);
}

export function* signatureOf(data: Octets, secret: unknown): Steps<Octets> {
  return yield (host) => host.sign(data, secret);
}

/** Does the work with a host that answers at once. */
export function doNow<T>(work: Steps<T>, host: Host<true>): T {
  let step = work.next();
  while (!step.done) step = work.next(step.value(host) as never);
  return step.value;
}

/** Does the work with a host that answers later. */
export async function doLater<T>(work: Steps<T>, host: Host<false>): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next((await step.value(host)) as never);
  return step.value;
}

export function base64(data: Octets): string {
  return btoa(String.fromCharCode(...data)); // of some 1,000 octets at most
}
