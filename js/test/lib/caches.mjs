// Cache Storage, as far as a client uses it: what is put is there for every client, by name and by address.

/** A stand-in for `globalThis.caches`. `places` is what it holds: by name, by address, {octets, headers}. */
export class Caches {
  places = new Map();

  async open(name) {
    const place = this.places.get(name) ?? new Map();
    this.places.set(name, place);
    return {
      match: async (address) => {
        const kept = place.get(address);
        return kept && new Response(kept.octets, { headers: kept.headers });
      },
      put: async (address, response) => {
        const octets = new Uint8Array(await response.arrayBuffer());
        place.set(address, { octets, headers: [...response.headers] });
      },
    };
  }

  async delete(name) {
    return this.places.delete(name);
  }

  /** The entries, whatever they are called. */
  get entries() {
    return [...this.places.values()].flatMap((place) => [...place.values()]);
  }
}
